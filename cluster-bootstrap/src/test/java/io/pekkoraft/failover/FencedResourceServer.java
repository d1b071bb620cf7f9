package io.pekkoraft.failover;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;

/**
 * A resource as it has to be for a fencing token to help: a process that keeps the highest token it
 * has seen and refuses lower ones. Arguments: the address to listen at. Reports its {@code port},
 * then each {@code access}: its own time, token, instance, question, and whether it was accepted.
 */
public final class FencedResourceServer {
  private long highest;

  private FencedResourceServer() {}

  public static void main(String[] arguments) throws IOException {
    SingletonNode.endWithInput(line -> Report.say("flushed", line));
    FencedResourceServer server = new FencedResourceServer();
    try (ServerSocket socket = new ServerSocket(0, 50, InetAddress.getByName(arguments[0]))) {
      Report.say("port", socket.getLocalPort());
      while (true) {
        Socket client = socket.accept();
        client.setTcpNoDelay(true);
        new Thread(() -> server.serve(client), "client").start();
      }
    }
  }

  private void serve(Socket client) {
    try (client;
        BufferedReader requests =
            new BufferedReader(new InputStreamReader(client.getInputStream(), UTF_8))) {
      for (String line = requests.readLine(); line != null; line = requests.readLine()) {
        List<String> words = List.of(line.split(" ", -1));
        String answer = access(Long.parseLong(words.get(0)), words.get(1), words.get(2));
        client.getOutputStream().write((answer + "\n").getBytes(UTF_8));
      }
    } catch (IOException gone) {
      // The client connects again if it wants anything.
    }
  }

  /** The rule of fencing. Accesses are reported in the order in which they took place. */
  private synchronized String access(long token, String instance, String question) {
    boolean accepted = token >= highest;
    highest = Math.max(highest, token);
    String answer = accepted ? "accepted" : "refused";
    Report.say("access", System.nanoTime(), token, instance, question, answer);
    return answer;
  }
}
