package io.pekkoraft.failover;

import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorRef;

/** A node's part in having one instance among three nodes. */
interface Hosting {

  /** What users on this node ask; the instance may be on any node. */
  ActorRef<String> proxy();

  /** How this node stands with the others. */
  CompletionStage<Standing> standing();

  /** Has another node lead the others in place of this one, where that can be chosen. */
  void handLeadershipTo(String node);

  /**
   * @param complete true if all three nodes are there, as far as this one knows
   * @param leads true if this node leads the others, where that says something
   * @param term of the Raft group; 0 if there is none
   */
  record Standing(boolean complete, boolean leads, long term) {}
}
