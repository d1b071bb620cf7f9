package shop;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pekkoraft.api.StateMachine;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.TreeMap;

/** One piece of each item, for whoever reserves it first: {@code reserve lamp ann}. */
class Inventory implements StateMachine {
  private final Map<String, String> holders = new TreeMap<>();

  @Override
  public byte[] apply(long index, byte[] command) {
    String[] words = new String(command, UTF_8).split(" ", -1);
    boolean done =
        words[0].equals("reserve")
            ? holders.putIfAbsent(words[1], words[2]) == null
            : holders.remove(words[1], words[2]);
    return (done ? "done" : "refused").getBytes(UTF_8);
  }

  @Override
  public void writeSnapshot(OutputStream out) throws IOException {
    for (Map.Entry<String, String> held : holders.entrySet()) {
      out.write((held.getKey() + " " + held.getValue() + "\n").getBytes(UTF_8));
    }
  }

  @Override
  public void restore(InputStream in) throws IOException {
    holders.clear();
    new String(in.readAllBytes(), UTF_8)
        .lines()
        .map(line -> line.split(" ", -1))
        .forEach(words -> holders.put(words[0], words[1]));
  }

  String holder(String item) {
    return holders.get(item);
  }
}
