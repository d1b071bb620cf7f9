package io.pekkoraft.coordination;

/**
 * A command to propose in exactly this term.
 *
 * @param id of this decision, among those of one {@link Grants}
 * @param term {@code RaftGroup.proposeInTerm}'s
 */
public record Proposal(long id, long term, TableCommand command) {

  /** How proposing it ended. */
  public enum Fate {
    /** Applied here, whatever its result: the view shows it. */
    APPLIED,
    /** Certainly not done, and never will be. */
    NOT_DONE,
    /** May be done now, later or never. */
    UNKNOWN
  }
}
