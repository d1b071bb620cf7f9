package io.pekkoraft.persistence;

import io.pekkoraft.log.SnapshotDescriptor;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A node that notes what its journal tells it, in order. */
final class HearingNode implements Journal.Listener {
  private final BlockingQueue<Object> heard = new LinkedBlockingQueue<>();

  /** What was told next: what was recovered, a ticket, a snapshot's descriptor, or a failure. */
  Object next() throws InterruptedException {
    Object next = heard.poll(20, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("the journal said nothing");
    }
    return next;
  }

  /** False if more was told than was looked at. */
  boolean hasHeardAll() {
    return heard.isEmpty();
  }

  @Override
  public void recovered(RecoveredLog log) {
    heard.add(log);
  }

  @Override
  public void persisted(long ticket) {
    heard.add(ticket);
  }

  @Override
  public void compacted(SnapshotDescriptor snapshot) {
    heard.add(snapshot);
  }

  @Override
  public void failed(Throwable cause) {
    heard.add(cause);
  }
}
