package io.pekkoraft.testkit.keyvalue;

import io.pekkoraft.api.Outcome;
import io.pekkoraft.testkit.linearizability.History;
import io.pekkoraft.testkit.linearizability.KeyValueReply;
import io.pekkoraft.testkit.linearizability.KeyValueRequest;
import io.pekkoraft.testkit.linearizability.RotatingKeys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Clients of a {@link KeyValueMachine}, each with one operation at a time: through the log, at any
 * member, tried again elsewhere while it is certain that it was not done, and given up as unknown
 * otherwise. Records what they ask and are told. Runs on the one thread of a simulation.
 *
 * @param <M> a member
 */
public final class KeyValueClients<M> {
  private static final int MAX_ATTEMPTS = 20;
  private static final long RETRY_NANOS = 50_000_000;
  private static final int OPERATIONS_OF_A_KEY = 300;
  private static final int OPEN_OF_A_KEY = 8;

  /** The members, and the time they live in. */
  public interface Group<M> {
    List<M> members();

    boolean isRunning(M member);

    /** Does something so much virtual time from now. */
    void schedule(long nanos, Runnable what);

    /** Asks a member, through the log. */
    void ask(M member, KeyValueRequest request, Duration timeout, Told told);

    /** A client may look at a member's own state now. */
    default void look(M member, String key) {}
  }

  /** How an operation is asked for; a test may do it wrongly. */
  public interface Asker<M> {
    void ask(M member, KeyValueRequest request, Told told);
  }

  /** Hears the end of an attempt. */
  public interface Told {
    /**
     * @param reply of what is committed
     */
    void hears(Outcome outcome, @Nullable KeyValueReply reply);
  }

  private final Group<M> group;
  private final SplittableRandom random;
  private final History<KeyValueRequest, KeyValueReply> history = new History<>();
  private final RotatingKeys keys;
  private final List<String> recent = new ArrayList<>();
  private final int count;
  private final long gapNanos;
  private final Asker<M> asker;
  private long values;
  private boolean stopped;

  /**
   * @param asker makes what asks, mostly what it is given, which asks the group
   * @param mostGapNanos between two operations of a client, about
   */
  public KeyValueClients(
      Group<M> group,
      SplittableRandom random,
      UnaryOperator<Asker<M>> asker,
      int count,
      long mostGapNanos) {
    this.group = group;
    this.random = random;
    this.count = count;
    int keysAtOnce = 1 + count / random.nextInt(2, 5);
    this.keys = new RotatingKeys("k", keysAtOnce, OPERATIONS_OF_A_KEY, OPEN_OF_A_KEY);
    this.gapNanos = random.nextLong(mostGapNanos / 60, mostGapNanos);
    Duration timeout = Duration.ofMillis(random.nextLong(200, 4_000));
    this.asker = asker.apply((member, request, told) -> group.ask(member, request, timeout, told));
  }

  public void start() {
    for (int i = 0; i < count; i++) {
      String name = "client " + i;
      group.schedule(random.nextLong(gapNanos), () -> next(name));
    }
  }

  /** No new operations. */
  public void stop() {
    stopped = true;
  }

  public History<KeyValueRequest, KeyValueReply> history() {
    return history;
  }

  /** One that runs, if three guesses find one: clients have addresses, not knowledge. */
  private M anyMember() {
    M member = guess();
    for (int more = 2; more > 0 && !group.isRunning(member); more--) {
      member = guess();
    }
    return member;
  }

  private M guess() {
    List<M> members = group.members();
    return members.get(random.nextInt(members.size()));
  }

  private void next(String client) {
    if (stopped) {
      return;
    }
    KeyValueRequest request = request(keys.take(random.nextInt(1 << 20)));
    if (random.nextInt(4) == 0) {
      group.look(anyMember(), request.key());
    }
    attempt(client, history.invoke(client, request), request, MAX_ATTEMPTS);
  }

  private KeyValueRequest request(String key) {
    return switch (random.nextInt(16)) {
      case 0 -> new KeyValueRequest.Delete(key);
      case 1, 2 -> new KeyValueRequest.Append(key, "+" + ++values);
      case 3, 4, 5 -> new KeyValueRequest.CompareAndSet(key, perhapsThere(), value());
      case 6, 7, 8, 9 -> new KeyValueRequest.Put(key, value());
      default -> new KeyValueRequest.Get(key);
    };
  }

  /** Of its own, so that a read tells which write it saw. */
  private String value() {
    return "v" + ++values;
  }

  private @Nullable String perhapsThere() {
    return recent.isEmpty() || random.nextInt(8) == 0
        ? null
        : recent.get(random.nextInt(recent.size()));
  }

  private void attempt(
      String client,
      History.Call<KeyValueRequest, KeyValueReply> call,
      KeyValueRequest request,
      int attemptsLeft) {
    asker.ask(
        anyMember(),
        request,
        (outcome, reply) -> {
          boolean unknown = outcome instanceof Outcome.Indeterminate;
          if (reply != null) {
            call.returned(reply);
            remember(request, reply);
            keys.ended(request.key());
          } else if (!unknown && attemptsLeft > 1 && !stopped) {
            group.schedule(
                RETRY_NANOS + random.nextLong(2 * RETRY_NANOS),
                () -> attempt(client, call, request, attemptsLeft - 1));
            return;
          } else if (!unknown) {
            call.failed();
            keys.ended(request.key());
          }
          group.schedule(random.nextLong(2 * gapNanos), () -> next(client));
        });
  }

  private void remember(KeyValueRequest request, KeyValueReply reply) {
    String value =
        reply instanceof KeyValueReply.Value read
            ? read.value()
            : request instanceof KeyValueRequest.Put put ? put.value() : null;
    if (value != null) {
      recent.add(value);
      if (recent.size() > 8) {
        recent.remove(0);
      }
    }
  }
}
