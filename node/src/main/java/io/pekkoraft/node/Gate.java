package io.pekkoraft.node;

import io.pekkoraft.api.Outcome;
import io.pekkoraft.message.ClientRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongSupplier;
import org.apache.pekko.Done;
import org.jspecify.annotations.Nullable;

/**
 * Where clients' requests wait, so that the node's mailbox holds peers, timers and little else. A
 * request takes one of a fixed number of credits until it is answered; without one left it is
 * refused at once. Safe for use by any thread.
 *
 * <p>The node is signalled once and then draws as many as there are: requests batch by themselves
 * while it is busy.
 */
final class Gate {
  private static final int MAX_DRAWN = 4096;
  private static final long MAX_DRAWN_BYTES = 512 * 1024;

  /** As good as forever, and far from overflowing. */
  private static final Duration LONGEST = Duration.ofDays(365);

  private final AtomicReferenceArray<@Nullable Request> slots;
  private final Queue<Integer> credits = new ConcurrentLinkedQueue<>();
  private final Queue<Request> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean signalled = new AtomicBoolean();
  private final LongSupplier monotonicNanos;

  /** No unanswered request has a deadline before this; how long after the gate was made. */
  private final AtomicLong earliestDeadline = new AtomicLong(Long.MAX_VALUE);

  private final long madeNanos;
  private volatile Runnable signal = () -> {};
  private final Duration retryAfter;
  private volatile @Nullable Outcome closed;
  private volatile @Nullable Outcome draining;
  private final CompletableFuture<Done> drained = new CompletableFuture<>();

  /**
   * @param maxRequests how many may be unanswered
   * @param retryAfter what a refused client is told
   */
  Gate(int maxRequests, LongSupplier monotonicNanos, Duration retryAfter) {
    this.slots = new AtomicReferenceArray<>(maxRequests);
    for (int slot = 0; slot < maxRequests; slot++) {
      credits.add(slot);
    }
    this.monotonicNanos = monotonicNanos;
    this.madeNanos = monotonicNanos.getAsLong();
    this.retryAfter = retryAfter;
  }

  /**
   * Lets requests through from now on.
   *
   * @param tellNode tells the node to {@link #draw}
   */
  void open(Runnable tellNode) {
    signal = tellNode;
  }

  CompletionStage<Outcome> submit(byte[] command, Duration timeout) {
    return submit(command, timeout, 0);
  }

  /**
   * @param onlyInTerm {@link ClientRequest#onlyInTerm}
   */
  CompletionStage<Outcome> submit(byte[] command, Duration timeout, long onlyInTerm) {
    Objects.requireNonNull(command, "command");
    if (timeout.isZero() || timeout.isNegative()) {
      return CompletableFuture.completedFuture(new Outcome.TimedOut(timeout));
    }
    Outcome refusal = closed != null ? closed : draining;
    if (refusal != null) {
      return CompletableFuture.completedFuture(refusal);
    }
    Integer slot = credits.poll();
    if (slot == null) {
      return CompletableFuture.completedFuture(new Outcome.Overloaded(retryAfter));
    }
    Request request = new Request(slot, command, timeout, deadline(timeout), onlyInTerm);
    slots.set(slot, request);
    noteDeadline(request.deadline);
    waiting.add(request);
    signalOnce();
    if (closed != null) {
      answerAll();
    }
    return request.answer;
  }

  private long now() {
    return monotonicNanos.getAsLong() - madeNanos;
  }

  private long deadline(Duration timeout) {
    return now() + (timeout.compareTo(LONGEST) < 0 ? timeout : LONGEST).toNanos();
  }

  private void noteDeadline(long deadline) {
    if (deadline < earliestDeadline.get()) {
      earliestDeadline.accumulateAndGet(deadline, Math::min);
    }
  }

  private void signalOnce() {
    if (signalled.compareAndSet(false, true)) {
      signal.run();
    }
  }

  /** Called by the node when it handles the signal; signals again if something is left. */
  List<ClientRequest> draw() {
    signalled.set(false);
    List<ClientRequest> drawn = new ArrayList<>();
    long bytes = 0;
    while (drawn.size() < MAX_DRAWN && bytes < MAX_DRAWN_BYTES) {
      Request request = waiting.poll();
      if (request == null) {
        return drawn;
      }
      if (!request.isDone()) {
        drawn.add(request);
        bytes += request.command().length;
      }
    }
    signalOnce();
    return drawn;
  }

  /**
   * Lets no more requests in; those inside go on.
   *
   * @param refusal what later requests are answered with
   * @return completed when nobody waits any more, as far as {@link #expire} goes on being called
   */
  CompletableFuture<Done> drain(Outcome refusal) {
    draining = refusal;
    return drained;
  }

  private boolean isEmpty() {
    for (int slot = 0; slot < slots.length(); slot++) {
      if (slots.get(slot) != null) {
        return false;
      }
    }
    return true;
  }

  /**
   * Answers every request whose deadline is over; called now and then by a scheduler, whatever the
   * node does. Looks at the requests only if one may be over: most have long been answered by then.
   */
  void expire() {
    if (draining != null && isEmpty()) {
      drained.complete(Done.done());
    }
    long now = now();
    if (now < earliestDeadline.get()) {
      return;
    }
    // A request that comes from here on states its deadline again, or is seen in its slot.
    earliestDeadline.set(Long.MAX_VALUE);
    boolean expired = false;
    for (int slot = 0; slot < slots.length(); slot++) {
      Request request = slots.get(slot);
      if (request != null) {
        if (now >= request.deadline) {
          request.expire();
          expired = true;
        } else {
          noteDeadline(request.deadline);
        }
      }
    }
    if (expired) {
      waiting.removeIf(Request::isDone); // a node that draws no more must not make them pile up
    }
  }

  /** The node is gone: all requests, also later ones, are answered with this at once. */
  void close(Outcome outcome) {
    closed = outcome;
    answerAll();
  }

  private void answerAll() {
    for (int slot = 0; slot < slots.length(); slot++) {
      Request request = slots.get(slot);
      if (request != null) {
        request.abandon();
      }
    }
    waiting.clear();
  }

  private final class Request implements ClientRequest {
    private static final byte[] NOTHING = {};

    final CompletableFuture<Outcome> answer = new CompletableFuture<>();
    final Duration timeout;

    /** In nanoseconds after the gate was made. */
    final long deadline;

    private final int slot;
    private final long onlyInTerm;
    private final AtomicBoolean done = new AtomicBoolean();
    private final AtomicBoolean taken = new AtomicBoolean();
    private volatile byte[] command;

    Request(int slot, byte[] command, Duration timeout, long deadline, long onlyInTerm) {
      this.slot = slot;
      this.onlyInTerm = onlyInTerm;
      this.command = command;
      this.timeout = timeout;
      this.deadline = deadline;
    }

    @Override
    public byte[] command() {
      return command;
    }

    @Override
    public long onlyInTerm() {
      return onlyInTerm;
    }

    /**
     * {@code taken} before {@code done} is read, and the other way round where a request ends: one
     * of the two sees the other.
     */
    @Override
    public boolean mayTakeEffect() {
      taken.set(true);
      return !done.get();
    }

    @Override
    public boolean isDone() {
      return done.get();
    }

    @Override
    public void complete(Outcome outcome) {
      if (done.compareAndSet(false, true)) {
        finish(outcome);
      }
    }

    void expire() {
      if (done.compareAndSet(false, true)) {
        finish(
            taken.get()
                ? new Outcome.Indeterminate("no answer within " + timeout.toMillis() + " ms")
                : new Outcome.TimedOut(timeout));
      }
    }

    void abandon() {
      if (done.compareAndSet(false, true)) {
        Outcome refusal = closed;
        finish(
            taken.get() || refusal == null
                ? new Outcome.Indeterminate("this node stopped before there was an answer")
                : refusal);
      }
    }

    private void finish(Outcome outcome) {
      if (!taken.get()) {
        command = NOTHING; // The node may not look at it again for long; one that took it will.
      }
      slots.set(slot, null);
      credits.add(slot);
      answer.complete(outcome);
    }
  }
}
