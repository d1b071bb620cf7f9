package io.pekkoraft.testkit.linearizability;

import io.pekkoraft.testkit.linearizability.ClientOperation.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Histories of a store that is linearizable, by construction: each operation takes effect at one
 * moment between its call and its return, or never if its outcome is unknown or a failure.
 */
final class RandomHistories {
  private final SplittableRandom random;
  private final KeyValueSpecification specification = new KeyValueSpecification();
  private long values;

  RandomHistories(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /**
   * @param values how many different ones there are; 0 for a new one with every write
   * @param unknown the part of operations whose outcome nobody knows, of 100
   */
  record Shape(int clients, int operations, int keys, int values, int unknown) {}

  /** When a client is called, its operation takes effect, or it is told. */
  private record Moment(long time, int client, int stage) {}

  private static final class Open {
    private @Nullable KeyValueRequest request;
    private @Nullable KeyValueReply reply;
    private long invoked;
    private Outcome outcome = Outcome.RETURNED;
  }

  List<ClientOperation<KeyValueRequest, KeyValueReply>> linearizable(Shape shape) {
    List<ClientOperation<KeyValueRequest, KeyValueReply>> history = new ArrayList<>();
    Map<String, Optional<String>> store = new HashMap<>();
    List<Open> clients = new ArrayList<>();
    PriorityQueue<Moment> queue =
        new PriorityQueue<>(
            (one, other) ->
                one.time() != other.time()
                    ? Long.compare(one.time(), other.time())
                    : Integer.compare(
                        one.client() * 3 + one.stage(), other.client() * 3 + other.stage()));
    for (int client = 0; client < shape.clients(); client++) {
      clients.add(new Open());
      queue.add(new Moment(random.nextLong(100), client, 0));
    }
    long tick = 0;
    int left = shape.operations();
    while (!queue.isEmpty()) {
      Moment moment = queue.remove();
      Open open = clients.get(moment.client());
      tick++;
      long later = moment.time() + random.nextLong(1, 100);
      if (moment.stage() == 0 && left-- > 0) {
        Open fresh = new Open();
        fresh.request = request(shape);
        fresh.invoked = tick;
        fresh.outcome = outcome(shape);
        clients.set(moment.client(), fresh);
        queue.add(new Moment(later, moment.client(), 1));
      } else if (moment.stage() == 1) {
        takeEffect(open, store);
        queue.add(new Moment(later, moment.client(), 2));
      } else if (moment.stage() == 2) {
        history.add(end(open, moment.client(), tick));
        queue.add(new Moment(later, moment.client(), 0));
      }
    }
    return history;
  }

  private Outcome outcome(Shape shape) {
    return random.nextInt(100) < shape.unknown()
        ? Outcome.UNKNOWN
        : random.nextInt(20) == 0 ? Outcome.FAILED : Outcome.RETURNED;
  }

  private void takeEffect(Open open, Map<String, Optional<String>> store) {
    KeyValueRequest request = open.request;
    if (request == null
        || open.outcome == Outcome.FAILED
        || (open.outcome == Outcome.UNKNOWN && random.nextBoolean())) {
      return;
    }
    Specification.Step<Optional<String>, KeyValueReply> step =
        specification.step(store.getOrDefault(request.key(), Optional.empty()), request);
    store.put(request.key(), step.state());
    open.reply = step.output();
  }

  private static ClientOperation<KeyValueRequest, KeyValueReply> end(
      Open open, int client, long tick) {
    if (open.request == null) {
      throw new IllegalStateException();
    }
    return new ClientOperation<>(
        "client " + client,
        open.request,
        open.outcome,
        open.outcome == Outcome.RETURNED ? open.reply : null,
        open.invoked,
        open.outcome == Outcome.UNKNOWN ? ClientOperation.NEVER : tick);
  }

  KeyValueRequest request(Shape shape) {
    String key = "k" + random.nextInt(shape.keys());
    return switch (random.nextInt(8)) {
      case 0, 1, 2 -> new KeyValueRequest.Get(key);
      case 3, 4, 5 -> new KeyValueRequest.Put(key, value(shape));
      case 6 ->
          new KeyValueRequest.CompareAndSet(
              key, random.nextInt(3) == 0 ? null : "v" + recent(shape), value(shape));
      default ->
          random.nextInt(4) == 0
              ? new KeyValueRequest.Delete(key)
              : new KeyValueRequest.Put(key, value(shape));
    };
  }

  String value(Shape shape) {
    return "v" + (shape.values() == 0 ? ++values : random.nextInt(shape.values()));
  }

  private long recent(Shape shape) {
    return shape.values() == 0
        ? Math.max(1, values - random.nextInt(1 + shape.clients()))
        : random.nextInt(shape.values());
  }

  /** Changes some outputs, so that mostly no order explains them any more. */
  List<ClientOperation<KeyValueRequest, KeyValueReply>> damaged(
      List<ClientOperation<KeyValueRequest, KeyValueReply>> history, Shape shape) {
    List<ClientOperation<KeyValueRequest, KeyValueReply>> damaged = new ArrayList<>(history);
    for (int i = random.nextInt(1, 3); i > 0; i--) {
      int at = random.nextInt(damaged.size());
      ClientOperation<KeyValueRequest, KeyValueReply> one = damaged.get(at);
      if (one.outcome() == Outcome.RETURNED) {
        damaged.set(
            at,
            new ClientOperation<>(
                one.client(),
                one.input(),
                one.outcome(),
                other(one.input(), shape),
                one.invoked(),
                one.returned()));
      }
    }
    return damaged;
  }

  private KeyValueReply other(KeyValueRequest request, Shape shape) {
    if (request instanceof KeyValueRequest.Get) {
      return new KeyValueReply.Value(random.nextInt(4) == 0 ? null : "v" + recent(shape));
    }
    return random.nextBoolean() && request instanceof KeyValueRequest.CompareAndSet
        ? new KeyValueReply.Refused()
        : new KeyValueReply.Done();
  }
}
