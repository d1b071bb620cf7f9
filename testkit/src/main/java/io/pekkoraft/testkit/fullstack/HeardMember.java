package io.pekkoraft.testkit.fullstack;

import io.pekkoraft.api.RaftStatus;
import io.pekkoraft.log.GroupIdentity;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.message.Header;
import io.pekkoraft.message.PeerMessage;
import io.pekkoraft.message.VoteVerdict;
import io.pekkoraft.node.RaftNode;
import io.pekkoraft.role.NodeObserver;
import io.pekkoraft.role.Role;
import io.pekkoraft.rules.IdentityRule;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.apache.pekko.actor.ActorCell;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorRefWithCell;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.internal.InterceptorImpl;
import org.apache.pekko.actor.typed.internal.adapter.ActorAdapter;
import org.jspecify.annotations.Nullable;

/**
 * One start of a member in a process: what it decides goes to whoever listens to its world, and its
 * role can be looked at from outside between two of its messages. A question would be another run.
 */
final class HeardMember implements NodeObserver {
  private final Life life;
  private final String group;
  private final String actorName;
  private WorldListener asked = WorldListener.NONE;
  private NodeObserver hears = new NodeObserver() {};
  private @Nullable ActorRef actor;

  /** Messages that it has to drop and has not yet. */
  private final Set<PeerMessage> awaited = Collections.newSetFromMap(new IdentityHashMap<>());

  HeardMember(Life life, GroupIdentity group) {
    this.life = life;
    this.group = group.group();
    this.actorName = RaftNode.actorName(group);
  }

  Life life() {
    return life;
  }

  String group() {
    return group;
  }

  /** Its role; null if there is none yet, or no more. */
  @Nullable Role role() {
    if (actor == null && life.door().system().systemGuardian() instanceof ActorRefWithCell all) {
      ActorRef child = all.getSingleChild(actorName);
      actor = child instanceof ActorRefWithCell ? child : null;
    }
    return !life.isOver()
            && actor instanceof ActorRefWithCell member
            && member.underlying() instanceof ActorCell cell
            && cell.actor() instanceof ActorAdapter<?> adapter
            && within(adapter.currentBehavior()) instanceof Role role
        ? role
        : null;
  }

  /** Whether it has recovered and has not failed. */
  boolean takesPart() {
    Role role = role();
    return role != null
        && role.kind() != RaftStatus.Role.RECOVERING
        && role.kind() != RaftStatus.Role.FAILED;
  }

  /** Without what Pekko has put around it to supervise it. */
  private static @Nullable Behavior<?> within(@Nullable Behavior<?> behavior) {
    return behavior instanceof InterceptorImpl<?, ?> around
        ? within(around.nestedBehavior())
        : behavior;
  }

  /** This very message is about to be put into its mailbox, and is not for it. */
  void awaitDrop(PeerMessage message) {
    awaited.add(message);
  }

  /** Whether it has dropped it; may be asked once. */
  boolean isDropped(PeerMessage message) {
    return !awaited.remove(message);
  }

  /** Somebody may have begun to listen since. */
  private NodeObserver now() {
    WorldListener present = life.machine().world().listener();
    if (present != asked) {
      asked = present;
      hears = present.member(this);
    }
    return hears;
  }

  @Override
  public void roleChanged(RaftStatus.Role from, RaftStatus.Role to, long term, String reason) {
    now().roleChanged(from, to, term, reason);
  }

  @Override
  public void leaderKnown(NodeId leader, long term) {
    now().leaderKnown(leader, term);
  }

  @Override
  public void voteDecided(NodeId candidate, boolean preVote, VoteVerdict verdict) {
    now().voteDecided(candidate, preVote, verdict);
  }

  @Override
  public void dropped(Header header, PeerMessage message, IdentityRule.Verdict verdict) {
    awaited.remove(message);
    now().dropped(header, message, verdict);
  }

  @Override
  public void alarm(String what) {
    now().alarm(what);
  }

  @Override
  public void failed(String reason, Throwable cause) {
    now().failed(reason, cause);
  }
}
