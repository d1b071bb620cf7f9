package io.pekkoraft.testkit.bench;

import io.pekkoraft.api.StateMachine;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Counts the commands it is given and answers the count; so a lost or doubled one shows. */
final class Counter implements StateMachine {
  private record Awaited(long count, CompletableFuture<Void> reached) {}

  private final AtomicLong count = new AtomicLong();
  private volatile @Nullable Awaited awaited;

  /** Safe to call from any thread. */
  long count() {
    return count.get();
  }

  /**
   * Completes when so many were counted. Safe to call from any thread; a later call takes the place
   * of an earlier one.
   */
  CompletionStage<Void> reaches(long least) {
    Awaited next = new Awaited(least, new CompletableFuture<>());
    awaited = next;
    look(count.get());
    return next.reached();
  }

  private void look(long now) {
    Awaited next = awaited;
    if (next != null && now >= next.count()) {
      next.reached().complete(null);
    }
  }

  @Override
  public byte[] apply(long index, byte[] command) {
    long now = count.incrementAndGet();
    look(now);
    return ByteBuffer.allocate(Long.BYTES).putLong(now).array();
  }

  @Override
  public void writeSnapshot(OutputStream out) throws IOException {
    new DataOutputStream(out).writeLong(count.get());
  }

  @Override
  public void restore(InputStream in) throws IOException {
    count.set(new DataInputStream(in).readLong());
    look(count.get());
  }
}
