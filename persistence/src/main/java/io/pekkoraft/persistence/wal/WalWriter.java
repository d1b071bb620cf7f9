package io.pekkoraft.persistence.wal;

import io.pekkoraft.persistence.file.Storage;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one writer of a store: takes what has queued up, writes it as one batch, flushes once, and
 * completes all of it. While it flushes the next batch queues up, so batches grow with the load by
 * themselves.
 *
 * <p>It has no thread: it is a task on the writer's executor, at most one at a time, and one batch
 * per run so that others on the same executor, such as the journal actor, get their turn between.
 * For as long as their turns bring more to write, it goes to the end of the queue again before it
 * writes: a flush costs the same for few as for many.
 */
final class WalWriter {
  private static final Logger LOG = LoggerFactory.getLogger(WalWriter.class);
  private static final Duration PREPARE_AGAIN_AFTER = Duration.ofSeconds(1);

  private final WalSettings settings;
  private final Storage storage;
  private final WalExecutors executors;
  private final WalIndex index;
  private final WalLog log;
  private final Housekeeping housekeeping;

  private final Queue<Operation> queue = new ConcurrentLinkedQueue<>();
  private final Queue<Runnable> notices = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final Runnable run = this::run;
  private final ReentrantLock lock = new ReentrantLock();
  private final Composition batch;
  private final ByteGate gate;

  /** How much waited when the writer last let others go first; 0 if it did not. */
  private long seenBytes;

  private boolean waitingForSegment;
  private boolean idleTimerArmed;
  private int preparedSize;
  private boolean preparing;

  /** Why the next segment cannot be had, or null. */
  private @Nullable Exception spaceLow;

  private volatile boolean closed;
  private volatile @Nullable WalFailedException failure;
  private final AtomicLong batches = new AtomicLong();
  private final AtomicLong events = new AtomicLong();

  WalWriter(
      WalSettings settings, Storage storage, WalExecutors executors, WalIndex index, WalLog log) {
    this.settings = settings;
    this.storage = storage;
    this.executors = executors;
    this.index = index;
    this.log = log;
    this.batch = new Composition(storage.describe(), index);
    this.gate = new ByteGate(settings.maxQueuedBytes());
    this.housekeeping = new Housekeeping(settings, storage, index, this);
  }

  /** Queues an operation. It is completed on the writer's executor, or at once if that is over. */
  void submit(Operation operation) {
    gate.added(operation.bytes());
    queue.add(operation);
    schedule();
  }

  /** Runs a task that submits something, at once or when few enough bytes wait for the disk. */
  void whenRoom(Runnable task) {
    gate.run(task);
    if (ended() != null) {
      schedule();
    }
  }

  private void schedule() {
    if (scheduled.compareAndSet(false, true)) {
      execute();
    }
  }

  private void execute() {
    try {
      executors.writer().execute(run);
    } catch (RejectedExecutionException executorIsGone) {
      scheduled.set(false);
      closed = true;
      drain(new WalClosedException(storage.describe()));
    }
  }

  private void run() {
    long bytes = gate.bytes();
    if (bytes > seenBytes && bytes < settings.maxBatchBytes()) {
      seenBytes = bytes;
      execute();
      return;
    }
    seenBytes = 0;
    lock.lock();
    try {
      pass();
    } catch (IOException | RuntimeException failed) {
      fail(failed);
    } catch (Error fatal) {
      fail(fatal);
      throw fatal;
    } finally {
      lock.unlock();
      scheduled.set(false);
      if (!notices.isEmpty() || (!queue.isEmpty() && !waitingForSegment)) {
        schedule();
      }
    }
  }

  private void pass() throws IOException {
    hearNotices();
    WalException ended = ended();
    if (ended != null) {
      drain(ended);
      return;
    }
    if (batch.isEmpty()) {
      compose();
    }
    if (!batch.builder().isEmpty() && !makeRoom(batch.builder().length(), batch.reserved())) {
      waitingForSegment = true;
      return;
    }
    waitingForSegment = false;
    commit();
    gate.open();
    housekeeping.afterBatch(log.segment());
    if (preparedSize == 0 && !preparing && log.isHalfFull()) {
      prepareSegment(log.nextSegmentSize(0, settings.segmentSize()));
    }
  }

  private void hearNotices() {
    while (ended() == null) {
      Runnable notice = notices.poll();
      if (notice == null) {
        return;
      }
      notice.run();
    }
  }

  private void compose() throws IOException {
    int bytes = 0;
    Operation next = queue.peek();
    while (next != null && (batch.isEmpty() || bytes + next.bytes() <= settings.maxBatchBytes())) {
      queue.remove();
      if (isRefused(next)) {
        gate.removed(next.bytes());
        next.complete(new WalFullException(storage.describe(), spaceLow));
      } else {
        bytes += next.bytes();
        batch.add(next);
      }
      next = queue.peek();
    }
    batch.reserve(batch.isRefusedWhenFull() ? settings.reservedBytes() : 0);
  }

  /** While there is no next segment, what is left of this one is kept for deletions. */
  private boolean isRefused(Operation operation) {
    return spaceLow != null
        && operation.isRefusedWhenFull()
        && !log.hasRoomFor(batch.builder().length() + operation.bytes() + settings.reservedBytes());
  }

  private void commit() throws IOException {
    if (batch.isEmpty()) {
      return;
    }
    if (!batch.builder().isEmpty()) {
      int offset = log.offset();
      log.append(batch.builder(), BatchHeader.DATA);
      batches.incrementAndGet();
      for (Operation operation : batch.operations()) {
        operation.apply(index, log.segment(), offset);
        if (operation instanceof Operations.Write write) {
          events.addAndGet(write.written());
        }
      }
      armIdleTimer();
    }
    for (Operation operation : batch.operations()) {
      gate.removed(operation.bytes());
      operation.complete(null);
    }
    batch.reset();
  }

  /**
   * Makes room for a batch, in the next segment if need be; false if that is not prepared yet.
   *
   * @param reserved what must be left behind it, unless the next segment exists
   */
  private boolean makeRoom(int length, int reserved) throws IOException {
    if (log.hasRoomFor(length + (preparedSize > 0 ? 0 : reserved))) {
      return true;
    }
    int needed = log.nextSegmentSize(length, settings.segmentSize());
    if (preparedSize < needed) {
      // Also when one is prepared, but this batch or the catalogue is too large for it.
      prepareSegment(needed);
      return false;
    }
    log.roll();
    preparedSize = 0;
    return true;
  }

  private void prepareSegment(int size) {
    if (preparing) {
      return;
    }
    preparing = true;
    long segment = log.segment() + 1;
    background(
        () -> {
          try {
            housekeeping.supply().make(log.store(), segment, size);
            tell(() -> prepared(size, null));
          } catch (IOException | RuntimeException failed) {
            tell(() -> prepared(0, failed));
          }
        });
  }

  private void prepared(int size, @Nullable Exception failed) {
    preparing = false;
    if (failed == null) {
      preparedSize = size;
      spaceLow = null;
      return;
    }
    if (failed instanceof SegmentFiles.FlushFailedException) {
      fail(failed);
      return;
    }
    // A larger one may not be had where one was prepared before: that one is there still.
    boolean none = preparedSize == 0;
    if (none && spaceLow == null) {
      LOG.warn(
          "Write-ahead log [{}]: the next segment cannot be prepared; there is room for {} more"
              + " bytes, then writes are refused. Free some space.",
          storage.describe(),
          Math.max(0, log.room() - settings.reservedBytes()),
          failed);
    }
    spaceLow = none ? failed : null;
    if (waitingForSegment) {
      refuseWhatFills(failed);
    }
    if (none && ended() == null) {
      prepareAgainLater();
    }
  }

  private void prepareAgainLater() {
    preparing = true;
    executors
        .timer()
        .after(
            PREPARE_AGAIN_AFTER,
            () ->
                tell(
                    () -> {
                      preparing = false;
                      prepareSegment(log.nextSegmentSize(0, settings.segmentSize()));
                    }));
  }

  /** Takes out of the batch that waits what is refused now; if that is nothing, the store fails. */
  private void refuseWhatFills(Exception noSegment) {
    if (!batch.isRefusedWhenFull()) {
      fail(noSegment);
      return;
    }
    List<Operation> operations = List.copyOf(batch.operations());
    batch.reset();
    WalFullException full = new WalFullException(storage.describe(), noSegment);
    try {
      for (Operation operation : operations) {
        if (operation.isRefusedWhenFull()) {
          gate.removed(operation.bytes());
          operation.complete(full);
        } else {
          batch.add(operation);
        }
      }
    } catch (IOException cannotCompose) {
      fail(cannotCompose);
    }
    waitingForSegment = false;
  }

  private void armIdleTimer() {
    if (!idleTimerArmed) {
      idleTimerArmed = true;
      long last = log.end().batchNumber();
      executors.timer().after(settings.idleMarkDelay(), () -> tell(() -> idle(last)));
    }
  }

  /** Marks the log if nothing was written since the timer was set; else waits once more. */
  private void idle(long batchWhenArmed) {
    idleTimerArmed = false;
    if (log.isMarked()) {
      return;
    }
    if (log.end().batchNumber() != batchWhenArmed || !batch.isEmpty() || !queue.isEmpty()) {
      armIdleTimer();
      return;
    }
    try {
      if (makeRoom(BatchHeader.SECTOR, 0)) {
        log.mark();
      } else {
        armIdleTimer();
      }
    } catch (IOException failed) {
      fail(failed);
    }
  }

  /** Runs something under the writer's lock, on its executor. */
  void tell(Runnable notice) {
    if (!closed) {
      notices.add(notice);
      schedule();
    }
  }

  /** Runs a task that may block, unless the store is closed meanwhile. */
  void background(Runnable task) {
    try {
      executors.background().execute(() -> housekeeping.runUnlessClosed(task));
    } catch (RejectedExecutionException executorIsGone) {
      LOG.debug("Write-ahead log [{}]: nothing runs in the background", storage.describe());
    }
  }

  /** Latches the store: from now on everything fails, until the process starts anew. */
  void fail(Throwable cause) {
    lock.lock();
    try {
      WalFailedException latched = failure;
      if (latched == null) {
        latched = new WalFailedException(storage.describe(), cause);
        failure = latched;
        LOG.error("Write-ahead log [{}] has FAILED", storage.describe(), cause);
      }
      drain(latched);
    } finally {
      lock.unlock();
    }
  }

  private void drain(WalException reason) {
    for (Operation operation : batch.operations()) {
      operation.complete(reason);
    }
    batch.reset();
    notices.clear();
    gate.openForAll();
    for (Operation next = queue.poll(); next != null; next = queue.poll()) {
      next.complete(reason);
    }
  }

  /** Whether the files are given up, so that nothing can be read any more either. */
  boolean isClosed() {
    return closed;
  }

  WalExecutors executors() {
    return executors;
  }

  /** Why nothing is done any more, or null. */
  @Nullable WalException ended() {
    WalFailedException failed = failure;
    if (failed != null) {
      return failed;
    }
    return closed ? new WalClosedException(storage.describe()) : null;
  }

  Housekeeping housekeeping() {
    return housekeeping;
  }

  WalCounters counters() {
    return new WalCounters(log.flushes(), batches.get(), events.get(), log.bytes());
  }

  /** Ends writing, with a mark if all is well; whatever still waits fails. */
  void close() throws IOException {
    closed = true;
    housekeeping.close();
    lock.lock();
    try {
      drain(new WalClosedException(storage.describe()));
      if (failure == null) {
        log.mark();
      }
    } finally {
      lock.unlock();
      log.close();
    }
  }
}
