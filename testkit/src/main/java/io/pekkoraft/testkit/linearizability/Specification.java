package io.pekkoraft.testkit.linearizability;

/**
 * What one process, which does one operation after the other and never fails, would do. Its methods
 * are called by one thread and have no side effect.
 *
 * @param <S> state: immutable, with {@code equals} and {@code hashCode}
 * @param <I> what a client asks
 * @param <O> what it is told
 */
public interface Specification<S, I, O> {

  /** What an operation does to a state, and what its client is told. */
  record Step<S, O>(S state, O output) {}

  /** The state before the first operation, of each partition. */
  S initial();

  /** Does an operation. Every input is possible in every state: what is refused has an output. */
  Step<S, O> step(S state, I input);

  /**
   * Whether a client may have been told {@code observed} where the specification says {@code
   * expected}. Something other than equality where clients are not told everything.
   */
  default boolean agrees(O expected, O observed) {
    return expected.equals(observed);
  }

  /**
   * Operations of different partitions do not affect each other, so each partition is looked at by
   * itself, which is much faster (Herlihy and Wing: linearizability is a local property). The same
   * for all unless overridden; mostly it is the key.
   */
  default Object partition(I input) {
    return "all";
  }
}
