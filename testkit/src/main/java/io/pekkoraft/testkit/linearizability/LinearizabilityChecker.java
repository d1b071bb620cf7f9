package io.pekkoraft.testkit.linearizability;

import io.pekkoraft.testkit.linearizability.ClientOperation.Outcome;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Decides whether a history is linearizable: whether each operation can have taken effect at one
 * moment between its call and its return, so that all outputs are those of the {@link
 * Specification}.
 *
 * <p>The search is that of Wing and Gong, with Lowe's memo of configurations seen, for each
 * partition by itself. It needs no stack, so histories may be long; what makes it slow is many
 * operations at once on one key, and above all many whose outcome is unknown.
 *
 * @param <S> state
 * @param <I> what a client asks
 * @param <O> what it is told
 */
public final class LinearizabilityChecker<S, I, O> {

  /** Configurations that are looked at per partition unless told otherwise: some 200 MB of memo. */
  public static final long DEFAULT_BUDGET = 2_000_000;

  private final Specification<S, I, O> specification;
  private final long budget;

  /** With {@link #DEFAULT_BUDGET}. */
  public LinearizabilityChecker(Specification<S, I, O> specification) {
    this(specification, DEFAULT_BUDGET);
  }

  /**
   * @param budget configurations to look at per partition before giving up; each is kept in memory
   */
  public LinearizabilityChecker(Specification<S, I, O> specification, long budget) {
    this.specification = specification;
    this.budget = budget;
  }

  /** Checks what was recorded so far. */
  public Verdict check(History<I, O> history) {
    return check(history.operations());
  }

  /**
   * Checks operations in any order. {@link Verdict.NotLinearizable} of one partition is preferred
   * to {@link Verdict.Unknown} of another.
   */
  public Verdict check(Collection<ClientOperation<I, O>> operations) {
    Map<Object, List<ClientOperation<I, O>>> partitions = new LinkedHashMap<>();
    for (ClientOperation<I, O> operation : operations) {
      if (operation.outcome() != Outcome.FAILED) {
        partitions
            .computeIfAbsent(specification.partition(operation.input()), any -> new ArrayList<>())
            .add(operation);
      }
    }
    long configurations = 0;
    Verdict unknown = null;
    for (Map.Entry<Object, List<ClientOperation<I, O>>> partition : partitions.entrySet()) {
      Search<S, I, O> search = new Search<>(specification, partition.getValue(), budget);
      switch (search.run()) {
        case FOUND -> {}
        case NONE -> {
          return new Verdict.NotLinearizable(
              new Explanation<>(specification, budget)
                  .of(partition.getKey(), partition.getValue(), search.blockedAt()));
        }
        case GAVE_UP -> unknown = new Verdict.Unknown(search.whyGaveUp(partition.getKey()));
      }
      configurations += search.configurations();
    }
    return unknown != null ? unknown : new Verdict.Linearizable(operations.size(), configurations);
  }
}
