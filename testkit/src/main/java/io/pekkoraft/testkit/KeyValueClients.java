package io.pekkoraft.testkit;

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
 * otherwise. Records what they ask and are told. Now and then one looks at a member's own state.
 */
final class KeyValueClients {
  private static final int MAX_ATTEMPTS = 20;
  private static final long RETRY_NANOS = 50_000_000;
  private static final int OPERATIONS_OF_A_KEY = 300;
  private static final int OPEN_OF_A_KEY = 8;

  /** How an operation is asked for; a test may do it wrongly. */
  interface Asker {
    void ask(SimulatedNode node, KeyValueRequest request, Told told);
  }

  /** Hears the end of an attempt. */
  interface Told {
    /**
     * @param reply of what is committed
     */
    void hears(Outcome outcome, @Nullable KeyValueReply reply);
  }

  /** What one client last saw of a member's own state. */
  private record Shown(SimulatedProcess process, long appliedIndex) {}

  private final Simulation simulation;
  private final @Nullable KeyValueOracle oracle;
  private final SplittableRandom random;
  private final History<KeyValueRequest, KeyValueReply> history = new History<>();
  private final RotatingKeys keys;
  private final List<String> recent = new ArrayList<>();
  private final @Nullable Shown[] shown;
  private final int count;
  private final long gapNanos;
  private final Duration timeout;
  private final Asker asker;
  private long values;
  private long localReads;
  private boolean stopped;

  KeyValueClients(
      Simulation simulation,
      @Nullable KeyValueOracle oracle,
      SplittableRandom random,
      UnaryOperator<Asker> asker,
      int count) {
    this.simulation = simulation;
    this.oracle = oracle;
    this.random = random;
    this.count = count;
    int keysAtOnce = 1 + count / random.nextInt(2, 5);
    this.keys = new RotatingKeys("k", keysAtOnce, OPERATIONS_OF_A_KEY, OPEN_OF_A_KEY);
    this.gapNanos = random.nextLong(1_000_000, random.nextBoolean() ? 10_000_000 : 60_000_000);
    this.timeout = Duration.ofMillis(random.nextLong(200, 4_000));
    this.shown = new Shown[simulation.nodes().size()];
    this.asker = asker.apply(this::askThroughTheLog);
  }

  void start() {
    for (int i = 0; i < count; i++) {
      String name = "client " + i;
      simulation.schedule(random.nextLong(gapNanos), () -> next(name));
    }
  }

  void stop() {
    stopped = true;
  }

  History<KeyValueRequest, KeyValueReply> history() {
    return history;
  }

  long localReads() {
    return localReads;
  }

  /** One that runs, if three guesses find one: clients have addresses, not knowledge. */
  private SimulatedNode anyNode() {
    SimulatedNode node = guess();
    for (int more = 2; more > 0 && !node.isRunning(); more--) {
      node = guess();
    }
    return node;
  }

  private SimulatedNode guess() {
    return simulation.nodes().get(random.nextInt(simulation.nodes().size()));
  }

  // --- through the log

  private void next(String client) {
    if (stopped) {
      return;
    }
    KeyValueRequest request = request(keys.take(random.nextInt(1 << 20)));
    if (random.nextInt(4) == 0) {
      lookAt(anyNode(), request.key());
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
        anyNode(),
        request,
        (outcome, reply) -> {
          boolean unknown = outcome instanceof Outcome.Indeterminate;
          if (reply != null) {
            call.returned(reply);
            remember(request, reply);
            keys.ended(request.key());
          } else if (!unknown && attemptsLeft > 1 && !stopped) {
            simulation.schedule(
                RETRY_NANOS + random.nextLong(2 * RETRY_NANOS),
                () -> attempt(client, call, request, attemptsLeft - 1));
            return;
          } else if (!unknown) {
            call.failed();
            keys.ended(request.key());
          }
          simulation.schedule(random.nextLong(2 * gapNanos), () -> next(client));
        });
  }

  private void askThroughTheLog(SimulatedNode node, KeyValueRequest request, Told told) {
    Operation[] operation = new Operation[1];
    operation[0] =
        simulation.propose(
            node,
            KeyValueBytes.of(request),
            0,
            timeout,
            outcome -> {
              KeyValueReply reply = null;
              if (outcome instanceof Outcome.Committed committed) {
                reply = KeyValueBytes.reply(committed.result());
                if (oracle != null) {
                  oracle.answered(operation[0], reply);
                }
              }
              told.hears(outcome, reply);
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

  // --- a member's own state

  static KeyValueMachine machineOf(SimulatedNode node) {
    return (KeyValueMachine) ((ApplicationState) node.running().state()).machine();
  }

  private void lookAt(SimulatedNode node, String key) {
    if (oracle == null || !node.isRunning() || node.isPaused()) {
      return;
    }
    KeyValueMachine machine = machineOf(node);
    long appliedIndex = machine.appliedIndex();
    Shown before = shown[node.index()];
    if (before != null
        && before.process() == node.running()
        && before.appliedIndex() > appliedIndex) {
      throw simulation
          .invariants()
          .violation(
              "local reads of one process never go back",
              node + ": from " + before.appliedIndex() + " to " + appliedIndex);
    }
    shown[node.index()] = new Shown(node.running(), appliedIndex);
    oracle.shown(node, key, machine.value(key), appliedIndex);
    localReads++;
  }
}
