package io.pekkoraft.persistence.wal;

import io.pekkoraft.persistence.file.Storage;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the directory small: drops segments in which nothing is alive, and copies the last live
 * events out of those that are mostly dead, so that a quiet group does not pin old segments.
 */
final class Housekeeping {
  private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);

  /** Copied a little at a time, so that writes never wait long behind a copy. */
  private static final int COPY_BYTES = 256 << 10;

  private final WalSettings settings;
  private final Storage storage;
  private final WalIndex index;
  private final WalWriter writer;
  private final Deque<WalIndex.LiveEvent> copying = new ArrayDeque<>();
  private final ReentrantLock backgroundLock = new ReentrantLock();
  private boolean busy;
  private long lastSegment;
  private boolean closed;

  Housekeeping(WalSettings settings, Storage storage, WalIndex index, WalWriter writer) {
    this.settings = settings;
    this.storage = storage;
    this.index = index;
    this.writer = writer;
  }

  /** Looks for something to do; one thing at a time. Called under the writer's lock. */
  void afterBatch(long current) {
    if (busy) {
      return;
    }
    Long dead = index.deadSegment(current);
    if (dead != null) {
      busy = true;
      writer.submit(new Operations.Drop(dead, this::deleteSegment, failure -> busy = false));
      return;
    }
    // Looked for once per segment: how much lives in old ones changes slowly.
    if (current != lastSegment) {
      lastSegment = current;
      startCopying(current);
    }
  }

  private void startCopying(long current) {
    if (index.liveSegments().size() < settings.rewriteSegments()) {
      return;
    }
    long liveBytes = (long) (settings.segmentSize() * settings.rewriteBelow());
    Long sparse = index.sparseSegment(current, liveBytes);
    if (sparse != null) {
      busy = true;
      copying.addAll(index.liveEvents(sparse));
      copyNext();
    }
  }

  private void copyNext() {
    List<WalIndex.LiveEvent> slice = new ArrayList<>();
    int bytes = 0;
    while (!copying.isEmpty() && bytes < COPY_BYTES) {
      WalIndex.LiveEvent event = copying.removeFirst();
      slice.add(event);
      bytes += event.location().length();
    }
    writer.submit(
        new Operations.Copy(
            storage,
            slice,
            failure -> {
              if (failure != null || copying.isEmpty()) {
                busy = false;
              } else {
                copyNext();
              }
            }));
  }

  /** Deletes the file of a segment that the log has dropped and nobody reads any more. */
  void deleteSegment(long segment) {
    writer.background(
        () -> {
          try {
            storage.delete(SegmentFormat.fileName(segment));
            storage.syncDirectory();
          } catch (IOException failed) {
            LOG.warn(
                "Write-ahead log [{}]: segment [{}] holds nothing any more, but cannot be deleted;"
                    + " it will be when the store is opened again",
                storage.describe(),
                SegmentFormat.fileName(segment),
                failed);
          }
        });
  }

  /** Runs a background task, so that closing waits for it, or not at all once closed. */
  void runUnlessClosed(Runnable task) {
    backgroundLock.lock();
    try {
      if (!closed) {
        task.run();
      }
    } finally {
      backgroundLock.unlock();
    }
  }

  void close() {
    backgroundLock.lock();
    try {
      closed = true;
    } finally {
      backgroundLock.unlock();
    }
  }
}
