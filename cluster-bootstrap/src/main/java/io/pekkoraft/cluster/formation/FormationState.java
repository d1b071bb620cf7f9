package io.pekkoraft.cluster.formation;

import io.pekkoraft.cluster.formation.FormationEvent.Formed;
import io.pekkoraft.cluster.formation.FormationEvent.Promised;
import io.pekkoraft.cluster.formation.FormationEvent.Started;
import org.jspecify.annotations.Nullable;

/**
 * How far a node is: the fold of its {@link FormationEvent}s.
 *
 * @param proposal what was promised or formed; null only in {@link Step#NEW}
 */
public record FormationState(Step step, @Nullable Proposal proposal) {

  /** The steps, in their order. The code is part of the wire format. */
  public enum Step {
    NEW(0),
    PROMISED(1),
    FORMED(2),
    STARTED(3);

    private final byte code;

    Step(int code) {
      this.code = (byte) code;
    }

    byte code() {
      return code;
    }

    /**
     * @throws IllegalArgumentException if no step has this code
     */
    static Step of(byte code) {
      return switch (code) {
        case 0 -> NEW;
        case 1 -> PROMISED;
        case 2 -> FORMED;
        case 3 -> STARTED;
        default -> throw new IllegalArgumentException("no step has the code " + code);
      };
    }

    /** True once the group is known to exist. */
    public boolean isFormed() {
      return this == FORMED || this == STARTED;
    }
  }

  /** Of an empty data directory. */
  public static final FormationState INITIAL = new FormationState(Step.NEW, null);

  public FormationState {
    if ((step == Step.NEW) != (proposal == null)) {
      throw new IllegalArgumentException("step " + step + " with proposal " + proposal);
    }
  }

  /**
   * @throws IllegalStateException if the event cannot follow: a promise is given once, and only
   *     what was promised is formed
   */
  public FormationState apply(FormationEvent event) {
    if (event instanceof Promised promised && step == Step.NEW) {
      return new FormationState(Step.PROMISED, promised.proposal());
    }
    if (event instanceof Formed formed
        && step == Step.PROMISED
        && formed.proposal().equals(proposal)) {
      return new FormationState(Step.FORMED, proposal);
    }
    if (event instanceof Started && step == Step.FORMED) {
      return new FormationState(Step.STARTED, proposal);
    }
    throw new IllegalStateException(event + " cannot follow " + this);
  }
}
