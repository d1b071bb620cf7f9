package io.pekkoraft.persistence.wal;

import io.pekkoraft.persistence.file.Storage;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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

  private static final long MIN_PAUSE_NANOS = 100_000;

  private final WalSettings settings;
  private final Storage storage;
  private final WalIndex index;
  private final WalWriter writer;
  private final SegmentSupply supply;
  private final Deque<Long> damaged = new ArrayDeque<>();
  private final Set<Long> toKeep = ConcurrentHashMap.newKeySet();
  private final Deque<WalIndex.LiveEvent> copying = new ArrayDeque<>();
  private final ReentrantLock backgroundLock = new ReentrantLock();
  private boolean dropping;
  private boolean rewriting;
  private long current;
  private long lastSegment;

  /** The segment that is being copied out of. */
  private long copied;

  /** Where there was no room for copies, on a full disk; they go on in the next one. */
  private long fullSegment;

  private boolean closed;

  Housekeeping(WalSettings settings, Storage storage, WalIndex index, WalWriter writer) {
    this.settings = settings;
    this.storage = storage;
    this.index = index;
    this.writer = writer;
    this.supply = new SegmentSupply(settings, storage);
  }

  /** To be used by background tasks only. */
  SegmentSupply supply() {
    return supply;
  }

  /** Looks for something to do; one thing of a kind at a time. Called under the writer's lock. */
  void afterBatch(long segment) {
    current = segment;
    Long dead = dropping ? null : index.deadSegment(current);
    if (dead != null) {
      dropping = true;
      writer.submit(new Operations.Drop(dead, this::deleteSegment, failure -> dropping = false));
      return;
    }
    if (rewriting || current == fullSegment) {
      return;
    }
    if (!damaged.isEmpty()) {
      copyAll(damaged.remove());
    } else if (current != lastSegment) {
      // Looked for once per segment: how much lives in old ones changes slowly.
      lastSegment = current;
      startCopying();
    }
  }

  private void startCopying() {
    if (index.liveSegments().size() < settings.rewriteSegments()) {
      return;
    }
    long liveBytes = (long) (settings.segmentSize() * settings.rewriteBelow());
    Long sparse = index.sparseSegment(current, liveBytes);
    if (sparse != null) {
      copyAll(sparse);
    }
  }

  private void copyAll(long segment) {
    rewriting = true;
    copied = segment;
    copying.addAll(index.liveEvents(segment));
    copyNext();
  }

  /** Has damaged segments moved to the end of the log, what lives in them; their files are kept. */
  void evacuate(Set<Long> segments) {
    toKeep.addAll(segments);
    damaged.addAll(segments);
  }

  private void copyNext() {
    List<WalIndex.LiveEvent> slice = new ArrayList<>();
    int bytes = 0;
    while (!copying.isEmpty() && bytes < COPY_BYTES) {
      WalIndex.LiveEvent event = copying.removeFirst();
      slice.add(event);
      bytes += event.location().length();
    }
    int copiedBytes = bytes;
    writer.submit(
        new Operations.Copy(
            storage,
            slice,
            failure -> {
              if (failure != null) {
                refused();
              } else {
                copyLater(copiedBytes);
              }
            }));
  }

  /** What was not copied yet stays where it is. */
  private void refused() {
    rewriting = false;
    copying.clear();
    fullSegment = current;
    if (toKeep.contains(copied)) {
      damaged.addFirst(copied);
    }
  }

  /** Goes on after as long a pause as the budget asks for what was copied. */
  private void copyLater(int bytes) {
    long nanos = (long) (bytes * 1e9 / settings.rewriteBytesPerSecond());
    if (nanos < MIN_PAUSE_NANOS) {
      goOn();
    } else {
      writer.executors().timer().after(Duration.ofNanos(nanos), () -> writer.tell(this::goOn));
    }
  }

  private void goOn() {
    if (copying.isEmpty()) {
      rewriting = false;
    } else {
      copyNext();
    }
  }

  /** Gives up the file of a segment that the log has dropped and nobody reads any more. */
  void deleteSegment(long segment) {
    writer.background(
        () -> {
          try {
            String name = SegmentFormat.fileName(segment);
            if (toKeep.contains(segment)) {
              storage.rename(name, name + SegmentFormat.DAMAGED_SUFFIX);
              storage.syncDirectory();
            } else {
              supply.takeBack(segment);
            }
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
