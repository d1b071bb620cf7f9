package io.pekkoraft.node;

import io.pekkoraft.api.RaftStatus;
import io.pekkoraft.log.GroupIdentity;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.message.Header;
import io.pekkoraft.message.PeerMessage;
import io.pekkoraft.message.VoteVerdict;
import io.pekkoraft.role.NodeObserver;
import io.pekkoraft.rules.IdentityRule;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what a node decides to its log: changes of role and alarms for everyone, single messages
 * for debugging.
 */
final class LoggingObserver implements NodeObserver {
  private static final Logger LOG = LoggerFactory.getLogger("io.pekkoraft.node");

  private final String name;
  private final Consumer<String> onFailure;

  /**
   * @param onFailure told the reason if the node fails
   */
  LoggingObserver(GroupIdentity group, NodeId self, Consumer<String> onFailure) {
    this.name = group.group() + "/" + self;
    this.onFailure = onFailure;
  }

  @Override
  public void roleChanged(RaftStatus.Role from, RaftStatus.Role to, long term, String reason) {
    LOG.info("{}: {} -> {} in term {}: {}", name, from, to, term, reason);
  }

  @Override
  public void leaderKnown(NodeId leader, long term) {
    LOG.info("{}: {} leads term {}", name, leader, term);
  }

  @Override
  public void voteDecided(NodeId candidate, boolean preVote, VoteVerdict verdict) {
    LOG.debug("{}: {} for {}: {}", name, preVote ? "pre-vote" : "vote", candidate, verdict);
  }

  @Override
  public void dropped(Header header, PeerMessage message, IdentityRule.Verdict verdict) {
    LOG.debug(
        "{}: dropped {} of {}: {}",
        name,
        message.getClass().getSimpleName(),
        header.from(),
        verdict);
  }

  @Override
  public void alarm(String what) {
    LOG.error("{}: ALARM: {}", name, what);
  }

  @Override
  public void failed(String reason, Throwable cause) {
    LOG.error("{}: takes no part any more: {}", name, reason, cause);
    onFailure.accept(reason);
  }
}
