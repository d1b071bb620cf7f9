package io.pekkoraft.testkit.linearizability;

import io.pekkoraft.testkit.linearizability.ClientOperation.Outcome;
import java.util.ArrayList;
import java.util.List;

/**
 * Linearizability by its definition: some of the operations of unknown outcome, all of those that
 * returned, in every order that keeps what came before what. Nothing is cut short or remembered.
 */
final class BruteForce<S, I, O> {
  private final Specification<S, I, O> specification;

  BruteForce(Specification<S, I, O> specification) {
    this.specification = specification;
  }

  boolean isLinearizable(List<ClientOperation<I, O>> operations) {
    List<Object> partitions =
        operations.stream().map(one -> specification.partition(one.input())).distinct().toList();
    return partitions.stream()
        .allMatch(
            partition ->
                explains(
                    specification.initial(),
                    operations.stream()
                        .filter(one -> one.outcome() != Outcome.FAILED)
                        .filter(one -> specification.partition(one.input()).equals(partition))
                        .toList()));
  }

  private boolean explains(S state, List<ClientOperation<I, O>> left) {
    if (left.stream().noneMatch(one -> one.outcome() == Outcome.RETURNED)) {
      return true;
    }
    for (ClientOperation<I, O> first : left) {
      boolean mayBeFirst = left.stream().noneMatch(one -> one.returned() < first.invoked());
      Specification.Step<S, O> step = specification.step(state, first.input());
      O output = first.output();
      if (mayBeFirst && (output == null || specification.agrees(step.output(), output))) {
        List<ClientOperation<I, O>> rest = new ArrayList<>(left);
        rest.remove(first);
        if (explains(step.state(), rest)) {
          return true;
        }
      }
    }
    return false;
  }
}
