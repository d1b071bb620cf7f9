package io.pekkoraft.cluster.address;

import io.pekkoraft.log.NodeId;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rules by which a process believes where members are. Nothing is believed that was not said by
 * the member itself in this life of the process; and where two claim to be one member, the one that
 * is known stays until it is silent. Not safe for use by several threads.
 */
public final class KnownMembers {
  private final Introduction self;
  private final Set<NodeId> listed;
  private final Map<NodeId, Introduction> confirmed = new HashMap<>();
  private final Map<NodeId, Introduction> disputing = new HashMap<>();
  private final Map<NodeId, Long> admitted = new HashMap<>();

  /**
   * @param self this process
   * @param listed the configured members
   */
  public KnownMembers(Introduction self, Set<NodeId> listed) {
    this.self = self;
    this.listed = Set.copyOf(listed);
  }

  /** A group has this member with this data directory: no other one is it. */
  public void admit(NodeId member, long incarnation) {
    admitted.put(member, incarnation);
    Introduction known = confirmed.get(member);
    if (known != null && known.incarnation() != incarnation) {
      confirmed.remove(member);
    }
  }

  /** What somebody says of itself. */
  public Found hear(Introduction who) {
    NodeId node = who.node();
    if (!who.cluster().equals(self.cluster())) {
      return new Found.Stranger(
          who, "belongs to the cluster '" + who.cluster() + "' (pekko-raft.node.cluster)");
    }
    if (node == null || who.sameProcess(self)) {
      return new Found.Nothing();
    }
    if (node.equals(self.node())) {
      return new Found.SecondSelf(who);
    }
    if (!listed.contains(node)) {
      return new Found.Stranger(who, "is '" + node + "', which is not in pekko-raft.node.members");
    }
    Long expected = admitted.get(node);
    if (expected != null && expected != who.incarnation()) {
      return new Found.Stranger(
          who,
          "is '"
              + node
              + "' with another data directory than the group's member (incarnation "
              + Long.toHexString(who.incarnation())
              + ", not "
              + Long.toHexString(expected)
              + "): pekko-raft.node.id or pekko-raft.node.data-dir is wrong there");
    }
    return place(node, who);
  }

  private Found place(NodeId node, Introduction who) {
    Introduction present = confirmed.get(node);
    if (present == null || present.address().equals(who.address())) {
      confirmed.put(node, who);
      return present == null || !present.sameProcess(who)
          ? new Found.Member(who)
          : new Found.Nothing();
    }
    if (present.sameProcess(who)) {
      return new Found.Nothing();
    }
    disputing.put(node, who);
    return new Found.Disputed(who, present);
  }

  /** The process that was known as a member answered: whoever disputed that is not the member. */
  public @Nullable Introduction settle(Introduction answered) {
    NodeId node = answered.node();
    Introduction present = node == null ? null : confirmed.get(node);
    return present != null && present.sameProcess(answered) ? disputing.remove(node) : null;
  }

  /**
   * The process that was known as a member did not answer.
   *
   * @return who is the member now; null if the dispute was settled
   */
  public @Nullable Introduction replace(NodeId node) {
    Introduction newcomer = disputing.remove(node);
    if (newcomer != null) {
      confirmed.put(node, newcomer);
    }
    return newcomer;
  }

  /** True once each other member has said where it is, in this life of the process. */
  public boolean complete() {
    for (NodeId member : listed) {
      if (!member.equals(self.node()) && !confirmed.containsKey(member)) {
        return false;
      }
    }
    return true;
  }
}
