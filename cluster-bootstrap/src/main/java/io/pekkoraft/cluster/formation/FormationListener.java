package io.pekkoraft.cluster.formation;

import java.util.List;

/**
 * Hears how the forming of the group goes. Called in the formation's actor: implementations must
 * not block.
 */
public interface FormationListener {

  /** What is still missing; called when it changes. */
  void waitingFor(List<String> obstacles);

  /**
   * The group exists, now or since long ago; called once.
   *
   * @param mayFound true if the node's log may still be empty
   */
  void formed(Proposal proposal, boolean mayFound);

  /**
   * This node cannot take part; called at most once, and nothing comes after it.
   *
   * @param reason for people: what is wrong and what to do
   */
  void refused(String reason);

  /** The formation's own journal could not be read or written; nothing comes after it. */
  void failed(String reason);
}
