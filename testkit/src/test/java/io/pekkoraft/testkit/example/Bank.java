package io.pekkoraft.testkit.example;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pekkoraft.api.StateMachine;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.TreeMap;

// docs: begin bank
/** Accounts with a balance each. Commands are lines of text: {@code deposit ann 5}. */
final class Bank implements StateMachine {
  private final Map<String, Long> balances = new TreeMap<>();

  @Override
  public byte[] apply(long index, byte[] command) {
    String[] words = new String(command, UTF_8).split(" ", -1);
    long balance = balances.merge(words[1], Long.parseLong(words[2]), Long::sum);
    return Long.toString(balance).getBytes(UTF_8);
  }

  @Override
  public void writeSnapshot(OutputStream out) throws IOException {
    for (Map.Entry<String, Long> account : balances.entrySet()) {
      out.write((account.getKey() + " " + account.getValue() + "\n").getBytes(UTF_8));
    }
  }

  @Override
  public void restore(InputStream in) throws IOException {
    balances.clear();
    for (String line : new String(in.readAllBytes(), UTF_8).lines().toList()) {
      String[] words = line.split(" ", -1);
      balances.put(words[0], Long.parseLong(words[1]));
    }
  }

  long balance(String account) {
    return balances.getOrDefault(account, 0L);
  }
}
// docs: end
