package io.pekkoraft.bootstrap.local;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Looks on a node, and on that one alone, whether all is there that was acknowledged. */
public final class Verification {
  private static final Duration LOOK_EVERY = Duration.ofMillis(200);

  private Verification() {}

  /**
   * What a node has.
   *
   * @param found how many keys have the value that was written
   * @param missing an example of one that has not; empty if none
   */
  public record Result(int found, String missing) {}

  /** Waits until the node has applied an index; false if it does not within {@code patience}. */
  public static boolean awaitApplied(NodeClient node, long index, Duration patience)
      throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    CountDownLatch never = new CountDownLatch(1);
    do {
      if (node.status().map(status -> status.appliedIndex() >= index).orElse(false)) {
        return true;
      }
    } while (System.nanoTime() < end && !never.await(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS));
    return false;
  }

  /**
   * Compares all that the node has applied with what was written.
   *
   * @throws IOException if the node does not answer
   */
  public static Result compare(NodeClient node, Map<String, byte[]> written) throws IOException {
    Set<String> missing = new HashSet<>(written.keySet());
    node.readLocal(
        (key, value) -> {
          if (Arrays.equals(written.get(key), value)) {
            missing.remove(key);
          }
        });
    return new Result(written.size() - missing.size(), missing.stream().findFirst().orElse(""));
  }
}
