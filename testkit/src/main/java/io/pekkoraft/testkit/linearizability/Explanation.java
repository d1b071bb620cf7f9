package io.pekkoraft.testkit.linearizability;

import io.pekkoraft.testkit.linearizability.ClientOperation.Outcome;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Says to people why a history is not linearizable: of its shortest part that is not, a few
 * operations that conflict. Leaving out one more of them, the rest would be linearizable; none of
 * those left out, wherever it were put, would explain the rest.
 */
final class Explanation<S, I, O> {
  /** Configurations to spend; after that the explanation is longer than needed. */
  private static final long EFFORT = 4_000_000;

  private static final long EFFORT_OF_A_SEARCH = 200_000;
  private static final int LINES = 40;

  private final Specification<S, I, O> specification;
  private long effort;

  Explanation(Specification<S, I, O> specification, long budget) {
    this.specification = specification;
    this.effort = Math.min(EFFORT, 2 * budget);
  }

  /**
   * @param operations that are not linearizable
   * @param blockedAt see {@link Search#blockedAt}
   */
  String of(Object partition, List<ClientOperation<I, O>> operations, long blockedAt) {
    long end = shortest(operations, blockedAt);
    List<ClientOperation<I, O>> part = until(end, operations);
    return text(partition, operations.size(), part.size(), conflict(part), end);
  }

  // --- the shortest part

  /** The first return at which the history until then is not linearizable. */
  long shortest(List<ClientOperation<I, O>> operations, long blockedAt) {
    List<Long> returns =
        operations.stream()
            .filter(one -> one.outcome() == Outcome.RETURNED && one.returned() >= blockedAt)
            .map(ClientOperation::returned)
            .sorted()
            .toList();
    int low = 0;
    int high = returns.size() - 1;
    while (low < high) {
      int middle = (low + high) / 2;
      if (conflicts(until(returns.get(middle), operations))) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return returns.get(high);
  }

  /** As it was known at that tick, in the order of the calls. */
  static <I, O> List<ClientOperation<I, O>> until(
      long tick, List<ClientOperation<I, O>> operations) {
    List<ClientOperation<I, O>> part = new ArrayList<>();
    for (ClientOperation<I, O> operation : operations) {
      if (operation.invoked() <= tick) {
        part.add(operation.returned() <= tick ? operation : operation.withoutOutcome());
      }
    }
    part.sort(Comparator.comparingLong(ClientOperation::invoked));
    return part;
  }

  private Search.Result search(List<ClientOperation<I, O>> operations) {
    Search<S, I, O> search =
        new Search<>(specification, operations, Math.min(effort, EFFORT_OF_A_SEARCH));
    Search.Result result = search.run();
    effort -= search.configurations();
    return result;
  }

  private boolean conflicts(List<ClientOperation<I, O>> operations) {
    return search(operations) == Search.Result.NONE;
  }

  // --- the operations that conflict

  private List<ClientOperation<I, O>> conflict(List<ClientOperation<I, O>> part) {
    Set<ClientOperation<I, O>> needed = new HashSet<>();
    while (true) {
      List<ClientOperation<I, O>> conflict = shrink(part, needed);
      ClientOperation<I, O> explains = whatExplains(conflict, part);
      if (explains == null) {
        return withoutDetours(conflict, part);
      }
      needed.add(explains);
    }
  }

  /** What was needed on the way to this conflict need not be part of it. */
  private List<ClientOperation<I, O>> withoutDetours(
      List<ClientOperation<I, O>> found, List<ClientOperation<I, O>> part) {
    List<ClientOperation<I, O>> conflict = found;
    for (ClientOperation<I, O> one : found) {
      List<ClientOperation<I, O>> rest = new ArrayList<>(conflict);
      rest.remove(one);
      if (one.outcome() == Outcome.RETURNED
          && effort > 0
          && conflicts(rest)
          && whatExplains(rest, part) == null) {
        conflict = rest;
      }
    }
    return conflict;
  }

  /** Leaves out as many as possible: first half of them at once, in the end one by one. */
  private List<ClientOperation<I, O>> shrink(
      List<ClientOperation<I, O>> part, Set<ClientOperation<I, O>> needed) {
    List<ClientOperation<I, O>> conflict = new ArrayList<>(part);
    for (int chunk = Math.max(1, part.size() / 2); chunk > 0; chunk /= 2) {
      for (int at = 0; at < conflict.size() && effort > 0; ) {
        List<ClientOperation<I, O>> rest = new ArrayList<>(conflict);
        rest.subList(at, Math.min(at + chunk, rest.size()))
            .removeIf(one -> one.outcome() == Outcome.RETURNED && !needed.contains(one));
        if (rest.size() < conflict.size() && conflicts(rest)) {
          conflict = rest;
        } else {
          at += chunk;
        }
      }
    }
    return conflict;
  }

  /** The last of those left out without which the conflict is only that it is missing. */
  private @Nullable ClientOperation<I, O> whatExplains(
      List<ClientOperation<I, O>> conflict, List<ClientOperation<I, O>> part) {
    Set<ClientOperation<I, O>> kept = new HashSet<>(conflict);
    for (int i = part.size() - 1; i >= 0 && effort > 0; i--) {
      ClientOperation<I, O> one = part.get(i);
      if (!kept.contains(one)) {
        List<ClientOperation<I, O>> with = new ArrayList<>(conflict);
        with.add(one.withoutOutcome());
        if (search(with) == Search.Result.FOUND) {
          return one;
        }
      }
    }
    return null;
  }

  // --- the text

  private static <I, O> String text(
      Object partition, int all, int part, List<ClientOperation<I, O>> conflict, long end) {
    StringBuilder text = new StringBuilder(1024);
    text.append("not linearizable: ").append(partition).append("\n  no order of the first ");
    text.append(part).append(" of ").append(all);
    text.append(" operations explains what was answered until ").append(end);
    text.append("\n  these conflict ([called, returned] client: input -> output):\n");
    lines(text, conflict, Outcome.RETURNED);
    if (conflict.stream().anyMatch(one -> one.outcome() == Outcome.UNKNOWN)) {
      text.append("  and these, of unknown outcome by then, do not explain it either:\n");
      lines(text, conflict, Outcome.UNKNOWN);
    }
    return text.toString();
  }

  private static <I, O> void lines(
      StringBuilder text, List<ClientOperation<I, O>> operations, Outcome outcome) {
    List<ClientOperation<I, O>> shown =
        operations.stream().filter(one -> one.outcome() == outcome).toList();
    int left = Math.max(0, shown.size() - LINES);
    if (left > 0) {
      text.append("    ... ").append(left).append(" more\n");
    }
    shown.stream().skip(left).forEach(one -> text.append("    ").append(one).append('\n'));
  }
}
