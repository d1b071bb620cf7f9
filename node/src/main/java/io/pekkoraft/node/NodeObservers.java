package io.pekkoraft.node;

import io.pekkoraft.api.RaftStatus;
import io.pekkoraft.log.GroupIdentity;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.message.Header;
import io.pekkoraft.message.PeerMessage;
import io.pekkoraft.message.VoteVerdict;
import io.pekkoraft.role.NodeObserver;
import io.pekkoraft.rules.IdentityRule;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.apache.pekko.actor.setup.Setup;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * Who hears, beside the log, what the members in an actor system decide: for metrics and tests.
 *
 * <pre>{@code
 * ActorSystem.create(guardian, name, BootstrapSetup.create(config).and(new NodeObservers((group, self) -> mine)));
 * }</pre>
 */
public final class NodeObservers extends Setup {
  private final BiFunction<GroupIdentity, NodeId, NodeObserver> observers;

  /**
   * @param observers makes one for each start of a member; called in its actor
   */
  public NodeObservers(BiFunction<GroupIdentity, NodeId, NodeObserver> observers) {
    this.observers = observers;
  }

  /**
   * The log, and whoever else {@code system} was created with.
   *
   * @param onFailure told the reason if the node fails
   */
  static NodeObserver of(
      ActorSystem<?> system, GroupIdentity group, NodeId self, Consumer<String> onFailure) {
    NodeObserver log = new LoggingObserver(group, self, onFailure);
    return system
        .settings()
        .setup()
        .get(NodeObservers.class)
        .<NodeObserver>map(others -> new Both(log, others.observers.apply(group, self)))
        .orElse(log);
  }

  private record Both(NodeObserver one, NodeObserver other) implements NodeObserver {

    @Override
    public void roleChanged(RaftStatus.Role from, RaftStatus.Role to, long term, String reason) {
      one.roleChanged(from, to, term, reason);
      other.roleChanged(from, to, term, reason);
    }

    @Override
    public void leaderKnown(NodeId leader, long term) {
      one.leaderKnown(leader, term);
      other.leaderKnown(leader, term);
    }

    @Override
    public void voteDecided(NodeId candidate, boolean preVote, VoteVerdict verdict) {
      one.voteDecided(candidate, preVote, verdict);
      other.voteDecided(candidate, preVote, verdict);
    }

    @Override
    public void dropped(Header header, PeerMessage message, IdentityRule.Verdict verdict) {
      one.dropped(header, message, verdict);
      other.dropped(header, message, verdict);
    }

    @Override
    public void alarm(String what) {
      one.alarm(what);
      other.alarm(what);
    }

    @Override
    public void failed(String reason, Throwable cause) {
      one.failed(reason, cause);
      other.failed(reason, cause);
    }
  }
}
