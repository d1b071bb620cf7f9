package io.pekkoraft.bootstrap;

import io.pekkoraft.cluster.OperatorException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Runs one node as a process, until it is told to stop (SIGTERM, Ctrl-C): exit code 0. Otherwise it
 * ends with the code of its {@link OperatorException} and one message on standard error, or 1 if
 * something unexpected happened.
 */
public final class Main {
  private static final String LOGGING = "logback.configurationFile";
  private static final int UNEXPECTED = 1;
  private static final String USAGE =
      """
      Runs one node of a Raft group, with keys and values over HTTP.

        --config FILE   configuration, in HOCON; see pekko-raft.node in reference.conf
        --help          this text

      Variables, each over its key of the file: PEKKO_RAFT_CONFIG (the file), PEKKO_RAFT_NODE_ID,
      PEKKO_RAFT_DATA_DIR, PEKKO_RAFT_CLUSTER, PEKKO_RAFT_GROUP, PEKKO_RAFT_MEMBERS
      (a@host:2551/8081,b@host:2552/8082,...), PEKKO_RAFT_BIND_HOST, PEKKO_RAFT_HTTP_HOST,
      PEKKO_RAFT_HTTP_PORT. PEKKO_RAFT_LOG_LEVEL: INFO, or DEBUG for single messages.

      Exit codes: 0 stopped when told to, 2 configuration, 3 this node must not take part as it is,
      4 it failed while it ran: its storage, or its state machine.
      """;

  private final CompletableFuture<Integer> ended = new CompletableFuture<>();

  private Main() {}

  public static void main(String[] arguments) {
    if (System.getProperty(LOGGING) == null) {
      System.setProperty(LOGGING, "pekko-raft-node-logback.xml");
    }
    if (arguments.length == 1 && arguments[0].equals("--help")) {
      print(System.out, USAGE);
      return;
    }
    System.exit(new Main().run(arguments));
  }

  /** Returns the exit code, once the node has stopped by itself. */
  private int run(String[] arguments) {
    try {
      ServerConfiguration configuration =
          ConfigurationLoader.load(file(arguments, System.getenv()), System.getenv());
      RunningNode node = RunningNode.start(configuration, this::complain);
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(node), "stop"));
      if (configuration.stopWhenStdinEnds()) {
        stopAtEndOf(System.in);
      }
      return ended.join();
    } catch (OperatorException wrong) {
      complain(wrong);
      return ended.join();
    } catch (RuntimeException | Error unexpected) {
      // Also of an Error: what runs already would keep the process alive, and doing nothing.
      unexpected.printStackTrace();
      return UNEXPECTED;
    }
  }

  private static @Nullable Path file(String[] arguments, Map<String, String> environment) {
    if (arguments.length == 0) {
      String file = environment.get(Environment.FILE);
      return file == null || file.isEmpty() ? null : Path.of(file);
    }
    if (arguments.length == 2 && arguments[0].equals("--config")) {
      return Path.of(arguments[1]);
    }
    throw OperatorException.configuration(
        "unknown arguments: "
            + String.join(" ", arguments)
            + ". There is --config FILE and --help.");
  }

  private void complain(OperatorException wrong) {
    print(System.err, "pekko-raft: " + wrong.getMessage() + "\n");
    ended.complete(wrong.exitCode());
  }

  private void stopAtEndOf(InputStream input) {
    Thread reader =
        new Thread(
            () -> {
              try {
                input.transferTo(OutputStream.nullOutputStream());
              } catch (IOException gone) {
                // As good as its end.
              }
              ended.complete(0);
            },
            "stdin");
    reader.setDaemon(true);
    reader.start();
  }

  /**
   * The last thing that runs. A signal would end the process with a code of its own: stopping when
   * told to is no error.
   */
  private void stop(RunningNode node) {
    node.stop();
    Runtime.getRuntime().halt(ended.getNow(0));
  }

  private static void print(PrintStream stream, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    stream.write(bytes, 0, bytes.length);
    stream.flush();
  }
}
