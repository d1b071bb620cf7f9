package io.pekkoraft.testkit.linearizability;

import io.pekkoraft.testkit.linearizability.ClientOperation.Outcome;
import io.pekkoraft.testkit.linearizability.Specification.Step;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks for an order of one partition's operations. The calls and returns of those that returned
 * are a doubly linked list in the order of their ticks; an operation that is given its place in the
 * order is lifted out of it (Lowe, "Testing for linearizability"). What may come next is what was
 * called before the first return that is left. Operations of unknown outcome are tried after the
 * others, so that they go where they are needed.
 */
final class Search<S, I, O> {
  enum Result {
    FOUND,
    NONE,
    GAVE_UP
  }

  /** A choice that can be taken back: who was placed, and the state before it. */
  private record Choice<S>(int operation, S before) {}

  private static final int NOBODY = -1;

  private final Specification<S, I, O> specification;
  private final long budget;

  /** First those that returned, then the others; both in the order of their calls. */
  private final List<ClientOperation<I, O>> operations;

  private final int known;
  private final int head;
  private final int[] next;
  private final int[] previous;

  private final Placed placed;
  private final Set<Configuration<S>> seen = new HashSet<>();
  private final Deque<Choice<S>> choices = new ArrayDeque<>();
  private S state;
  private long blockedAt;

  Search(Specification<S, I, O> specification, List<ClientOperation<I, O>> unordered, long budget) {
    this.specification = specification;
    this.budget = budget;
    this.operations = new ArrayList<>(unordered);
    operations.sort(
        Comparator.<ClientOperation<I, O>, Boolean>comparing(
                operation -> operation.outcome() == Outcome.UNKNOWN)
            .thenComparing(ClientOperation::invoked));
    this.known = (int) operations.stream().filter(one -> one.outcome() == Outcome.RETURNED).count();
    this.head = 2 * known;
    this.next = new int[2 * known + 1];
    this.previous = new int[2 * known + 1];
    link();
    this.placed = new Placed(known, operations.size() - known);
    this.state = specification.initial();
  }

  // --- the list: 2 i is the call of operation i, 2 i + 1 its return

  private void link() {
    List<Integer> events = new ArrayList<>(2 * known);
    for (int event = 0; event < 2 * known; event++) {
      events.add(event);
    }
    events.sort(Comparator.comparingLong(this::tick));
    int last = head;
    for (int event : events) {
      next[last] = event;
      previous[event] = last;
      last = event;
    }
    next[last] = head;
    previous[head] = last;
  }

  private long tick(int event) {
    ClientOperation<I, O> operation = operations.get(event >> 1);
    return (event & 1) == 0 ? operation.invoked() : operation.returned();
  }

  private void lift(int operation) {
    unlink(2 * operation);
    unlink(2 * operation + 1);
  }

  private void unlink(int event) {
    next[previous[event]] = next[event];
    previous[next[event]] = previous[event];
  }

  /** In the opposite order of {@link #lift}: each neighbour is then where it was. */
  private void putBack(int operation) {
    relink(2 * operation + 1);
    relink(2 * operation);
  }

  private void relink(int event) {
    next[previous[event]] = event;
    previous[next[event]] = event;
  }

  // --- the search

  Result run() {
    int after = NOBODY;
    while (next[head] != head) {
      int chosen = place(after);
      if (chosen != NOBODY) {
        after = NOBODY;
      } else if (choices.isEmpty()) {
        return Result.NONE;
      } else {
        after = takeBack();
      }
      if (seen.size() >= budget) {
        return Result.GAVE_UP;
      }
    }
    return Result.FOUND;
  }

  /** Gives the next place to the first that fits, of those that come after this one. */
  private int place(int after) {
    int event = next[head];
    // Past what was tried: an operation that was put back is linked where it was.
    if (after != NOBODY && after < known) {
      event = next[2 * after];
    }
    while ((event & 1) == 0) {
      if (after < known && fits(event >> 1)) {
        return event >> 1;
      }
      event = next[event];
    }
    long firstReturn = tick(event);
    for (int i = Math.max(known, after + 1); i < operations.size(); i++) {
      if (operations.get(i).invoked() > firstReturn) {
        break;
      }
      if (!placed.contains(i) && fits(i)) {
        return i;
      }
    }
    blockedAt = Math.max(blockedAt, firstReturn);
    return NOBODY;
  }

  /** Places an operation, if its output allows it and this leads to something new. */
  private boolean fits(int index) {
    ClientOperation<I, O> operation = operations.get(index);
    Step<S, O> step = specification.step(state, operation.input());
    O output = operation.output();
    boolean possible =
        output == null ? !step.state().equals(state) : specification.agrees(step.output(), output);
    if (!possible) {
      return false;
    }
    placed.add(index);
    if (!seen.add(new Configuration<>(placed.snapshot(), step.state()))) {
      placed.remove(index);
      return false;
    }
    choices.push(new Choice<>(index, state));
    state = step.state();
    if (index < known) {
      lift(index);
    }
    return true;
  }

  private int takeBack() {
    Choice<S> last = choices.pop();
    placed.remove(last.operation());
    state = last.before();
    if (last.operation() < known) {
      putBack(last.operation());
    }
    return last.operation();
  }

  // --- what came of it

  long configurations() {
    return seen.size();
  }

  /**
   * If there is none: the last return that an order got to, and none gets past. What returned
   * before it is linearizable; what was called before it is not, once all of it has returned.
   */
  long blockedAt() {
    return blockedAt;
  }

  String whyGaveUp(Object partition) {
    return "gave up after "
        + seen.size()
        + " configurations of "
        + partition
        + ": "
        + operations.size()
        + " operations, "
        + (operations.size() - known)
        + " of unknown outcome";
  }

  /** Who has a place, and the state that this order leads to. */
  private record Configuration<S>(Placed.Snapshot placed, S state) {}

  /**
   * A set of operations. Those that returned are placed nearly in order, so that all before some
   * point are in it and none after another: a snapshot keeps what is between.
   */
  private static final class Placed {
    private final long[] words;
    private final BitSet unknown;
    private final int known;
    private int from;
    private int to;

    Placed(int known, int unknown) {
      this.known = known;
      this.words = new long[known / Long.SIZE + 1];
      this.unknown = new BitSet(unknown);
    }

    boolean contains(int operation) {
      return operation < known
          ? (words[operation / Long.SIZE] >> operation & 1) != 0
          : unknown.get(operation - known);
    }

    void add(int operation) {
      if (operation >= known) {
        unknown.set(operation - known);
        return;
      }
      int word = operation / Long.SIZE;
      words[word] |= 1L << operation;
      to = Math.max(to, word + 1);
      while (from < to && words[from] == -1L) {
        from++;
      }
    }

    void remove(int operation) {
      if (operation >= known) {
        unknown.clear(operation - known);
        return;
      }
      int word = operation / Long.SIZE;
      words[word] &= ~(1L << operation);
      from = Math.min(from, word);
      while (to > from && words[to - 1] == 0) {
        to--;
      }
    }

    Snapshot snapshot() {
      return new Snapshot(
          from,
          Arrays.copyOfRange(words, from, to),
          unknown.isEmpty() ? null : unknown.toLongArray());
    }

    /** Compared and hashed by content. */
    @SuppressWarnings("ArrayRecordComponent")
    record Snapshot(int from, long[] between, long @Nullable [] unknown) {
      @Override
      public boolean equals(@Nullable Object other) {
        return other instanceof Snapshot that
            && from == that.from
            && Arrays.equals(between, that.between)
            && Arrays.equals(unknown, that.unknown);
      }

      @Override
      public int hashCode() {
        return Objects.hash(from, Arrays.hashCode(between), Arrays.hashCode(unknown));
      }
    }
  }
}
