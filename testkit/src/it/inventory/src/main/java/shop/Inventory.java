package shop;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pekkoraft.api.StateMachine;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.TreeMap;

/** One piece of every item, whoever reserves it first has it: {@code reserve lamp ann}, {@code release lamp ann}. */
final class Inventory implements StateMachine {
  private final Map<String, String> holders = new TreeMap<>();

  @Override
  public byte[] apply(long index, byte[] command) {
    String[] words = new String(command, UTF_8).split(" ", -1);
    boolean done =
        switch (words[0]) {
          case "reserve" -> holders.putIfAbsent(words[1], words[2]) == null;
          case "release" -> holders.remove(words[1], words[2]);
          default -> false;
        };
    return (done ? "ok" : "refused: " + holders.get(words[1])).getBytes(UTF_8);
  }

  @Override
  public void writeSnapshot(OutputStream out) throws IOException {
    for (Map.Entry<String, String> e : holders.entrySet()) {
      out.write((e.getKey() + " " + e.getValue() + "\n").getBytes(UTF_8));
    }
  }

  @Override
  public void restore(InputStream in) throws IOException {
    holders.clear();
    new String(in.readAllBytes(), UTF_8).lines().map(l -> l.split(" ")).forEach(w -> holders.put(w[0], w[1]));
  }

  String holder(String item) {
    return holders.get(item);
  }
}
