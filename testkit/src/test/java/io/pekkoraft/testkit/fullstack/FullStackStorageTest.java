package io.pekkoraft.testkit.fullstack;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.pekkoraft.api.Outcome;
import io.pekkoraft.api.RaftStatus;
import io.pekkoraft.role.NodeSettings;
import io.pekkoraft.testkit.Cluster;
import io.pekkoraft.testkit.fullstack.FaultyJournal.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.ActorSelection;
import org.apache.pekko.actor.PoisonPill;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a member does when its journal fails, is slow, or is long. Everything that members say is
 * compared with their disks meanwhile, as always.
 */
@ExtendWith(QuietLog.class)
class FullStackStorageTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(3);

  private static RaftStatus status(FullStackCluster cluster, String name) {
    CompletableFuture<RaftStatus> answer = cluster.group(name).status().toCompletableFuture();
    cluster.await("a status", Duration.ofSeconds(2), answer::isDone);
    return answer.join();
  }

  private static Outcome propose(FullStackCluster cluster, String name) {
    CompletableFuture<Outcome> answer =
        cluster.group(name).propose(new byte[] {1}, TIMEOUT).toCompletableFuture();
    cluster.await("an answer", TIMEOUT.plusSeconds(1), answer::isDone);
    return answer.join();
  }

  /** Messages of this member from now on. */
  private static List<Flight> said(FullStackCluster cluster, String name) {
    List<Flight> said = new ArrayList<>();
    cluster
        .world()
        .network()
        .onSend(
            flight -> {
              if (flight.from().name().equals(name)) {
                said.add(flight);
              }
            });
    return said;
  }

  private static void takesNoPart(FullStackCluster cluster, String name, String why) {
    cluster.await(
        "the failure of " + name,
        Duration.ofSeconds(2),
        () -> status(cluster, name).role() == RaftStatus.Role.FAILED);
    List<Flight> said = said(cluster, name);
    cluster.elapse(Duration.ofSeconds(5));
    assertThat(said).as("a failed member acknowledges, grants and leads nothing").isEmpty();
    assertThat(status(cluster, name).reason()).contains(why);
    assertThat(cluster.group(name).leadership()).isNull();
    assertThat(propose(cluster, name)).isInstanceOf(Outcome.MemberFailed.class);
  }

  @Test
  void a_leader_whose_flush_fails_steps_down_and_says_why_until_it_is_started_again() {
    FullStackCluster cluster = FullStackCluster.of(3, 11, RegisterMachine::new);
    cluster.commit(new byte[] {7}, TIMEOUT);
    String leader = cluster.awaitLeader();
    cluster.machine(leader).disk().failFlushAfter(0);
    propose(cluster, leader);
    takesNoPart(cluster, leader, "the flush failed");

    cluster.awaitLeaderAmong(cluster.others(leader));
    cluster.commit(new byte[] {8}, TIMEOUT);
    cluster.machine(leader).kill();
    cluster.start(leader);
    cluster.elapse(Duration.ofSeconds(5));
    assertThat(status(cluster, leader).role()).isEqualTo(RaftStatus.Role.FOLLOWER);
    assertThat(((RegisterMachine) cluster.stateMachine(leader)).value()).containsExactly(8);
  }

  private static FullStackCluster faulty(long seed, Fault fault, int after) {
    FullStackCluster cluster =
        FullStackCluster.in(
            VirtualWorld.of(seed),
            3,
            Cluster.SETTINGS,
            ConfigFactory.empty(),
            RegisterMachine::new);
    cluster.overrides("a", FaultyJournal.config(fault, after));
    cluster.names().forEach(cluster::start);
    return cluster;
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"WRITE_FAILS", "EVENT_REJECTED"})
  void a_write_that_fails_or_is_rejected_latches_the_member(Fault fault) {
    FullStackCluster cluster = faulty(12, fault, 2);
    for (byte i = 0; i < 5; i++) {
      cluster.commit(new byte[] {i}, TIMEOUT);
    }
    takesNoPart(cluster, "a", "injected: not written");
    cluster.commit(new byte[] {8}, TIMEOUT);
  }

  @Test
  void a_member_whose_journal_cannot_be_replayed_takes_no_part() {
    FullStackCluster cluster = faulty(13, Fault.REPLAY_FAILS, 0);
    cluster.commit(new byte[] {8}, TIMEOUT);
    takesNoPart(cluster, "a", "injected: unreadable");
  }

  private static FullStackCluster withSlowFollower(long seed, Config ofFollower) {
    FullStackCluster cluster =
        FullStackCluster.in(
            VirtualWorld.of(seed),
            3,
            Cluster.SETTINGS,
            ConfigFactory.empty(),
            RegisterMachine::new);
    cluster.overrides("a", ofFollower);
    cluster.names().forEach(cluster::start);
    if (cluster.awaitLeader().equals("a")) {
      cluster.group("a").transferLeadership(null, TIMEOUT);
      cluster.awaitLeaderAmong(List.of("b", "c"));
    }
    Duration slow = Duration.ofSeconds(20);
    cluster.machine("a").disk().setLatency(slow, slow);
    cluster.commit(new byte[] {8}, TIMEOUT);
    return cluster;
  }

  @Test
  void a_write_that_outlasts_a_circuit_breaker_latches_the_member() {
    String journal = "pekko-raft.persistence.journal.";
    String breaker = journal + "circuit-breaker.";
    FullStackCluster cluster =
        withSlowFollower(
            14,
            ConfigFactory.parseMap(
                Map.of(
                    breaker + "max-failures",
                    1,
                    breaker + "call-timeout",
                    "2s",
                    journal + "direct-replies",
                    false)));
    cluster.elapse(Duration.ofMinutes(2)); // all that the journal's thread does takes so long
    takesNoPart(cluster, "a", "Circuit Breaker Timed out");
  }

  @Test
  void a_disk_that_stands_still_only_delays_its_member_as_there_is_no_breaker() {
    FullStackCluster cluster = withSlowFollower(18, ConfigFactory.empty());
    cluster.elapse(Duration.ofMinutes(1));
    cluster.machine("a").disk().heal();
    cluster.elapse(Duration.ofMinutes(1));
    assertThat(status(cluster, "a").role()).isEqualTo(RaftStatus.Role.FOLLOWER);
    assertThat(((RegisterMachine) cluster.stateMachine("a")).value()).containsExactly(8);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5})
  void a_leader_whose_disk_takes_seconds_goes_on_to_lead(int seconds) {
    FullStackCluster cluster = FullStackCluster.of(3, 15, RegisterMachine::new);
    String leader = cluster.awaitLeader();
    Duration slow = Duration.ofSeconds(seconds);
    cluster.machine(leader).disk().setLatency(slow, slow);
    long term = cluster.checks().highestTerm();
    for (byte i = 0; i < 4; i++) {
      // Its state machine waits for the disk too, in this world: so does the answer.
      cluster.commit(new byte[] {i}, slow.multipliedBy(4));
    }
    assertThat(cluster.leader()).isEqualTo(leader);
    assertThat(cluster.checks().highestTerm()).isEqualTo(term);
  }

  @ParameterizedTest
  @ValueSource(strings = {"journal", "state-machine", "snapshot-parts"})
  void a_member_that_loses_a_helper_fails_instead_of_seeming_to_work(String helper) {
    FullStackCluster cluster = FullStackCluster.of(3, 16, RegisterMachine::new);
    cluster.commit(new byte[] {7}, TIMEOUT);
    String leader = cluster.awaitLeader();
    cluster
        .machine(leader)
        .run(
            () -> {
              ActorSelection there =
                  Adapter.toClassic(cluster.system(leader))
                      .actorSelection("/system/pekko-raft-group/" + helper);
              there.tell(PoisonPill.getInstance(), null);
            });
    takesNoPart(cluster, leader, "the actor " + helper + " has stopped");
    cluster.awaitLeaderAmong(cluster.others(leader));
  }

  /** Turned off, with all that it wrote on its disk; what is not there any more is known. */
  private static Disk turnedOff(FullStackCluster cluster, String name) {
    Machine machine = cluster.machine(name);
    cluster.disks().look(machine);
    machine.kill();
    machine.disk().settle();
    cluster.disks().lost(machine, "a test has changed its files");
    return machine.disk();
  }

  @Test
  void a_member_whose_newest_batch_is_damaged_says_so_and_the_others_go_on() {
    FullStackCluster cluster = FullStackCluster.of(3, 19, RegisterMachine::new);
    cluster.commit(new byte[] {7}, TIMEOUT);
    String follower = cluster.others(cluster.awaitLeader()).get(0);
    Disk disk = turnedOff(cluster, follower);
    disk.spoil(
        FullStackMember.JOURNAL,
        "0000000000000001.wal",
        bytes -> {
          int last = bytes.length - 1;
          while (bytes[last] == 0) {
            last--;
          }
          bytes[last / 512 * 512 + 80] ^= 1; // behind its header
        });
    cluster.start(follower);
    takesNoPart(cluster, follower, "NEEDS_REPAIR");
    cluster.commit(new byte[] {8}, TIMEOUT);
  }

  @Test
  void a_member_whose_files_are_gone_never_votes_again_and_the_others_go_on() {
    FullStackCluster cluster = FullStackCluster.of(3, 20, RegisterMachine::new);
    cluster.commit(new byte[] {7}, TIMEOUT);
    String leader = cluster.awaitLeader();
    turnedOff(cluster, leader).wipe();
    cluster.start(leader);
    takesNoPart(cluster, leader, "NEEDS_READMISSION");
    cluster.commit(new byte[] {8}, TIMEOUT);
  }

  @Test
  void a_long_log_with_snapshots_is_recovered_by_all_at_once() {
    NodeSettings settings =
        new NodeSettings(
            Duration.ofMillis(100),
            Duration.ofMillis(1000),
            0.1,
            64,
            16 * 1024,
            4,
            1024,
            64 * 1024,
            32 * 1024,
            4 * 1024);
    Config small =
        ConfigFactory.parseMap(Map.of("pekko-raft.persistence.journal.segment-size", "32 KiB"));
    FullStackCluster cluster =
        FullStackCluster.in(VirtualWorld.of(17), 3, settings, small, RegisterMachine::new);
    cluster.names().forEach(cluster::start);
    for (int round = 0; round < 20; round++) {
      List<CompletableFuture<Outcome>> answers = new ArrayList<>();
      String leader = cluster.awaitLeader();
      for (int i = 0; i < 100; i++) {
        byte[] command = new byte[64];
        command[0] = (byte) i;
        command[1] = (byte) round;
        answers.add(cluster.group(leader).propose(command, TIMEOUT).toCompletableFuture());
      }
      cluster.await(
          "a hundred answers", TIMEOUT, () -> answers.stream().allMatch(CompletableFuture::isDone));
      assertThat(answers).allMatch(answer -> answer.join() instanceof Outcome.Committed);
    }
    long applied = cluster.history().lastApplied();
    cluster.world().losePower();
    cluster.names().forEach(cluster::start);
    cluster.awaitLeader();
    cluster.await(
        "all have applied all",
        Duration.ofSeconds(5),
        () -> cluster.names().stream().allMatch(name -> cluster.appliedIndex(name) == applied));
    for (String name : cluster.names()) {
      RaftStatus status = status(cluster, name);
      assertThat(status.snapshotIndex()).isGreaterThan(applied / 2);
      assertThat(status.firstIndex()).isEqualTo(status.snapshotIndex() + 1);
    }
  }
}
