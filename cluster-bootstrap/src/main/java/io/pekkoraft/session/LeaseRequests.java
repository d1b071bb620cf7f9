package io.pekkoraft.session;

import io.pekkoraft.coordination.Holding;
import io.pekkoraft.coordination.HoldingEvent.Granted;
import io.pekkoraft.coordination.HoldingEvent.LeaseLost;
import io.pekkoraft.coordination.HoldingEvent.Refused;
import io.pekkoraft.session.Session.Acquired;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Requests for leases that wait for an answer, each with its deadline. Guarded by its session; what
 * is to be told to users is handed out, to be run without the session's lock.
 */
final class LeaseRequests {
  private record Waiter(
      CompletableFuture<Acquired> result, Consumer<String> lost, long deadlineNanos) {}

  private record Asking(String owner, List<Waiter> waiters) {}

  private record Releasing(
      String name,
      String owner,
      long sinceNanos,
      long deadlineNanos,
      CompletableFuture<Boolean> result) {}

  private record Held(long token, String owner, Consumer<String> lost) {}

  private final Holding holding;
  private final Map<String, Asking> asking = new HashMap<>();
  private final List<Releasing> releasing = new ArrayList<>();
  private final Map<String, Held> held = new HashMap<>();

  LeaseRequests(Holding holding) {
    this.holding = holding;
  }

  CompletionStage<Acquired> acquire(
      String name,
      String owner,
      Duration timeToLive,
      long deadlineNanos,
      Consumer<String> lost,
      long nowNanos) {
    Asking present = asking.get(name);
    if (present != null && !present.owner().equals(owner)) {
      return unknown("'" + present.owner() + "' of this process is asking for it");
    }
    Long token;
    try {
      token = holding.acquire(name, owner, timeToLive.toNanos(), nowNanos);
    } catch (IllegalArgumentException | IllegalStateException refused) {
      return unknown(String.valueOf(refused.getMessage()));
    }
    if (token != null) {
      held.put(name, new Held(token, owner, lost));
      return CompletableFuture.completedStage(new Acquired.Granted(token));
    }
    Waiter waiter = new Waiter(new CompletableFuture<>(), lost, deadlineNanos);
    asking
        .computeIfAbsent(name, first -> new Asking(owner, new ArrayList<>()))
        .waiters()
        .add(waiter);
    return waiter.result();
  }

  private static CompletionStage<Acquired> unknown(String reason) {
    return CompletableFuture.completedStage(new Acquired.Unknown(reason));
  }

  CompletionStage<Boolean> release(
      String name, String owner, long deadlineNanos, long nowNanos, List<Runnable> tell) {
    Asking present = asking.get(name);
    if (present != null && present.owner().equals(owner)) {
      asking.remove(name);
      holding.forget(name);
      answer(present, new Acquired.Unknown("it was released meanwhile"), tell);
    }
    Long token = holding.token(name);
    if (token != null && owner.equals(holding.owner(name))) {
      held.remove(name); // given back is not lost
      holding.released(name, token);
    }
    CompletableFuture<Boolean> result = new CompletableFuture<>();
    releasing.add(new Releasing(name, owner, nowNanos, deadlineNanos, result));
    return result;
  }

  void granted(Granted event, List<Runnable> tell) {
    Asking asked = asking.remove(event.name());
    if (asked == null || asked.waiters().isEmpty()) {
      holding.released(event.name(), event.token());
      return;
    }
    Waiter newest = asked.waiters().get(asked.waiters().size() - 1);
    held.put(event.name(), new Held(event.token(), event.owner(), newest.lost()));
    answer(asked, new Acquired.Granted(event.token()), tell);
  }

  void refused(Refused event, List<Runnable> tell) {
    Asking asked = asking.remove(event.name());
    if (asked != null) {
      answer(asked, new Acquired.HeldBy(event.heldBy()), tell);
    }
  }

  void lost(LeaseLost event, List<Runnable> tell) {
    Held lease = held.get(event.name());
    if (lease != null && lease.token() == event.token()) {
      held.remove(event.name());
      tell.add(() -> lease.lost().accept(event.reason()));
    }
  }

  private static void answer(Asking asked, Acquired answer, List<Runnable> tell) {
    for (Waiter waiter : asked.waiters()) {
      tell.add(() -> waiter.result().complete(answer));
    }
  }

  /** Answers what can be answered, or has waited long enough. */
  void settle(long nowNanos, String reason, List<Runnable> tell) {
    for (Iterator<Map.Entry<String, Asking>> all = asking.entrySet().iterator(); all.hasNext(); ) {
      Map.Entry<String, Asking> entry = all.next();
      expire(entry.getValue(), nowNanos, reason, tell);
      if (entry.getValue().waiters().isEmpty()) {
        all.remove();
        holding.forget(entry.getKey());
      }
    }
    releasing.removeIf(
        release -> {
          boolean gone = isGone(release);
          boolean over = nowNanos - release.deadlineNanos() >= 0;
          if (gone || over) {
            tell.add(() -> release.result().complete(gone));
          }
          return gone || over;
        });
  }

  private static void expire(Asking asked, long nowNanos, String reason, List<Runnable> tell) {
    asked
        .waiters()
        .removeIf(
            waiter -> {
              boolean over = nowNanos - waiter.deadlineNanos() >= 0;
              if (over) {
                String why = reason.isEmpty() ? "no decision in time" : reason;
                tell.add(() -> waiter.result().complete(new Acquired.Unknown(why)));
              }
              return over;
            });
  }

  private boolean isGone(Releasing release) {
    @Nullable String owner = holding.owner(release.name());
    return (owner != null && !owner.equals(release.owner()))
        || holding.isGone(release.name(), release.sinceNanos());
  }

  /** The session ends: nobody will answer any more. */
  void end(List<Runnable> tell) {
    asking.values().forEach(asked -> answer(asked, new Acquired.Unknown(LocalSession.ENDED), tell));
    asking.clear();
    releasing.forEach(release -> tell.add(() -> release.result().complete(false)));
    releasing.clear();
    held.values().forEach(lease -> tell.add(() -> lease.lost().accept(LocalSession.ENDED)));
    held.clear();
  }
}
