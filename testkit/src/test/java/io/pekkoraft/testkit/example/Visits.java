package io.pekkoraft.testkit.example;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pekkoraft.api.StateMachine;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

// docs: begin visits
/** Who came, and when. The mistake: each member asks its own clock. */
final class Visits implements StateMachine {
  private final List<String> visits = new ArrayList<>();

  @Override
  public byte[] apply(long index, byte[] visitor) {
    visits.add(System.nanoTime() + " " + new String(visitor, UTF_8));
    return Integer.toString(visits.size()).getBytes(UTF_8);
  }

  @Override
  public void writeSnapshot(OutputStream out) throws IOException {
    out.write(String.join("\n", visits).getBytes(UTF_8));
  }

  @Override
  public void restore(InputStream in) throws IOException {
    visits.clear();
    visits.addAll(new String(in.readAllBytes(), UTF_8).lines().toList());
  }
}
// docs: end
