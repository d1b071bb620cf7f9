package io.pekkoraft.testkit;

import static io.pekkoraft.api.RaftStatus.Role.CANDIDATE;
import static io.pekkoraft.api.RaftStatus.Role.FOLLOWER;
import static io.pekkoraft.api.RaftStatus.Role.LEADER;
import static io.pekkoraft.api.RaftStatus.Role.PRE_CANDIDATE;
import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.log.HardState;
import io.pekkoraft.log.LogPosition;
import io.pekkoraft.log.SnapshotDescriptor;
import io.pekkoraft.message.Bytes;
import io.pekkoraft.message.PeerMessage.AppendEntries;
import io.pekkoraft.message.PeerMessage.Heartbeat;
import io.pekkoraft.message.PeerMessage.InstallSnapshot;
import io.pekkoraft.message.PeerMessage.PreVoteReply;
import io.pekkoraft.message.PeerMessage.VoteRequest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A grant that was given before the leader was heard again must not turn Pre-Vote into a disruptive
 * election (thesis 9.6): a follower's lease expires, it asks, and before the last grant arrives the
 * leader speaks. {@link StaleGrantEnumerationTest} has all orders.
 */
@ExtendWith(PictureExtension.class)
class StaleGrantTest {
  private Cluster cluster = Cluster.of(5);
  private String leader = "";
  private String asker = "";
  private List<String> voters = List.of();
  private long term;
  private HardState onDisk = HardState.INITIAL;

  /** Steps 1 and 2 up to the grants: they, and what the leader has sent, are on their way. */
  @BeforeEach
  void a_follower_whose_lease_has_expired_asks_and_three_would_grant() {
    cluster = Cluster.of(5);
    leader = cluster.awaitLeader();
    cluster.commit(leader);
    cluster.awaitConverged();
    cluster.holdFrom(Heartbeat.class, leader);
    cluster.holdFrom(AppendEntries.class, leader);
    cluster.hold(PreVoteReply.class);
    cluster.elapse(150);
    cluster.propose(leader);
    List<String> followers = cluster.others(leader);
    cluster.await(
        "a follower asks",
        Cluster.ELECTION_LIMIT,
        () -> followers.stream().anyMatch(name -> cluster.role(name) == PRE_CANDIDATE));
    asker = followers.stream().filter(n -> cluster.role(n) == PRE_CANDIDATE).findFirst().orElse("");
    voters = cluster.others(leader, asker);
    cluster.elapse(3);
    term = cluster.term(asker);
    onDisk = cluster.node(asker).disk().hardState();
    assertThat(grants()).hasSize(3);
  }

  private List<String> grants() {
    List<String> granting = new ArrayList<>();
    cluster.held(PreVoteReply.class).stream()
        .filter(envelope -> envelope.header().to().value().equals(asker))
        .filter(envelope -> ((PreVoteReply) envelope.message()).verdict().granted())
        .forEach(envelope -> granting.add(envelope.header().from().value()));
    return granting;
  }

  private void grant(int voter) {
    cluster.release(PreVoteReply.class, voters.get(voter), asker);
  }

  private void expectNoElection() {
    assertThat(cluster.role(asker)).isEqualTo(FOLLOWER);
    assertThat(cluster.term(asker)).isEqualTo(term);
    assertThat(cluster.sent(asker, VoteRequest.class)).isEmpty();
    assertThat(cluster.node(asker).disk().hardState()).isEqualTo(onDisk);
  }

  private void staleGrantAfter(Runnable contact) {
    grant(0);
    assertThat(cluster.role(asker)).isEqualTo(PRE_CANDIDATE); // one short of the quorum
    contact.run();
    assertThat(cluster.role(asker)).isEqualTo(FOLLOWER);
    grant(1);
    grant(2);
    expectNoElection();
    cluster.elapse(999); // not before the next real timeout
    expectNoElection();
  }

  @Test
  void a_heartbeat_of_the_leader_makes_the_grant_stale() {
    staleGrantAfter(() -> cluster.release(Heartbeat.class, leader, asker));
  }

  @Test
  void an_append_of_the_leader_makes_the_grant_stale() {
    staleGrantAfter(() -> cluster.release(AppendEntries.class, leader, asker));
  }

  @Test
  void a_part_of_the_leaders_snapshot_makes_the_grant_stale() {
    SnapshotDescriptor snapshot =
        new SnapshotDescriptor(
            new LogPosition(term, 100), 1, cluster.simulation().configuration(), "100-1", 64, "0");
    staleGrantAfter(
        () ->
            cluster.inject(
                leader,
                asker,
                new InstallSnapshot(term, snapshot, 0, new Bytes(new byte[32]), 1, 0)));
  }

  @Test
  void when_the_leader_is_not_heard_the_last_grant_promotes() {
    grant(0);
    assertThat(cluster.role(asker)).isEqualTo(PRE_CANDIDATE);
    grant(1);
    assertThat(cluster.role(asker)).isEqualTo(CANDIDATE);
    cluster.awaitRole(asker, LEADER, 10);
    assertThat(cluster.term(asker)).isEqualTo(term + 1);
  }
}
