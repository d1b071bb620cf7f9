package io.pekkoraft.rules;

import io.pekkoraft.log.NodeId;
import io.pekkoraft.state.NodeState;
import java.util.function.ToLongFunction;

/** How far a leader may commit (Raft 5.3, 5.4.2). */
public final class CommitRule {
  private CommitRule() {}

  /**
   * @param durableMatch per voter, up to where its log on disk matches the leader's; the leader's
   *     own disk counts like any other
   * @return the new commit index; the present one if nothing more may be committed
   */
  public static long decide(NodeState leader, ToLongFunction<NodeId> durableMatch) {
    long reached = Quorum.reachedByMajority(leader.configuration(), durableMatch);
    // Only entries of the leader's own term are committed by counting copies; older ones follow
    // (Raft 5.4.2, figure 8).
    boolean ownTerm =
        reached > leader.commitIndex() && leader.log().termAt(reached) == leader.term();
    return ownTerm ? reached : leader.commitIndex();
  }
}
