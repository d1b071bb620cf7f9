package io.pekkoraft.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pekkoraft.api.Outcome;
import io.pekkoraft.api.RaftStatus.Role;
import io.pekkoraft.message.PeerMessage.AppendEntries;
import io.pekkoraft.message.PeerMessage.Heartbeat;
import io.pekkoraft.message.PeerMessage.VoteReply;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The words of the public facade do what they say, and misuse is told with what there is. */
class ClusterTest {
  private static final byte[] ONE = {1};

  private final Cluster cluster = RaftTestKit.of(Ledger::new).start();

  private long call(String member) {
    return ByteBuffer.wrap(cluster.call(member, ONE)).getLong();
  }

  private long total(String member) {
    return cluster.stateMachine(member, Ledger.class).total();
  }

  // --- messages

  @Test
  void held_messages_are_released_one_by_one_in_any_order() {
    String leader = cluster.awaitLeader();
    String follower = cluster.others(leader).get(0);
    Hold<AppendEntries> appends = cluster.hold(AppendEntries.class, leader, follower);
    for (int i = 0; i < 3; i++) {
      call(leader);
    }
    List<HeldMessage<AppendEntries>> held = appends.messages();
    assertThat(held).hasSizeGreaterThanOrEqualTo(3);
    assertThat(held.get(0).from()).isEqualTo(leader);
    assertThat(held.get(0).to()).isEqualTo(follower);
    HeldMessage<AppendEntries> last = held.get(held.size() - 1);
    last.release();
    assertThat(last.isHeld()).isFalse();
    assertThat(appends.messages()).hasSize(held.size() - 1);
    assertThatThrownBy(last::release).hasMessageContaining("released or discarded before");
    held.get(0).discard();
    appends.end();
    appends.releaseAll();
    cluster.awaitConverged();
    assertThat(total(follower)).isEqualTo(3);
  }

  @Test
  void releasing_what_is_not_held_tells_what_is() {
    String leader = cluster.awaitLeader();
    Hold<VoteReply> votes = cluster.hold(VoteReply.class);
    assertThatThrownBy(votes::release)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no VoteReply is held; nothing at all is held");
    cluster.holdFrom(Heartbeat.class, leader);
    cluster.elapse(200);
    assertThatThrownBy(votes::release).hasMessageContaining("held are:\n  " + leader + " -> ");
  }

  @Test
  void votes_that_take_long_delay_an_election_and_others_overtake_them() {
    cluster.delay(VoteReply.class, Duration.ofMillis(700));
    cluster.elapse(Duration.ofMillis(600));
    cluster.awaitLeader();
    assertThat(cluster.now()).isGreaterThan(Duration.ofMillis(1700));
  }

  @Test
  void dropped_votes_elect_nobody_until_healed() {
    cluster.drop(VoteReply.class);
    cluster.elapse(Duration.ofSeconds(20));
    assertThat(cluster.leader()).isNull();
    cluster.heal();
    cluster.awaitLeader();
  }

  @Test
  void doubled_and_disordered_messages_change_no_result() {
    cluster.duplicate(AppendEntries.class);
    cluster.reorder(Duration.ofMillis(40));
    String leader = cluster.awaitLeader();
    for (int i = 1; i <= 50; i++) {
      assertThat(call(leader)).isEqualTo(i);
    }
    assertThat(cluster.simulation().counters().get(Counters.Kind.ACKNOWLEDGED)).isEqualTo(50);
  }

  // --- the network and the processes

  @Test
  void a_side_without_a_majority_commits_nothing() {
    String leader = cluster.awaitLeader();
    cluster.partition(leader);
    Operation doubtful = cluster.propose(leader, ONE, Duration.ofSeconds(2));
    cluster.elapse(Duration.ofSeconds(3));
    assertThat(doubtful.outcome()).isInstanceOf(Outcome.Indeterminate.class);
    assertThatThrownBy(doubtful::result).hasMessageContaining("Indeterminate");
  }

  @Test
  void a_crashed_member_comes_back_with_a_new_state_machine_and_catches_up() {
    String leader = cluster.awaitLeader();
    String follower = cluster.others(leader).get(0);
    call(leader);
    cluster.awaitConverged();
    Ledger before = cluster.stateMachine(follower, Ledger.class);
    cluster.crash(follower);
    assertThatThrownBy(() -> cluster.stateMachine(follower, Ledger.class))
        .hasMessageContaining(follower + " does not run");
    assertThatThrownBy(() -> cluster.crash(follower)).hasMessageContaining("does not run");
    call(leader);
    cluster.restart(follower);
    assertThatThrownBy(() -> cluster.start(follower)).hasMessageContaining("runs already");
    cluster.awaitConverged();
    assertThat(cluster.stateMachine(follower, Ledger.class)).isNotSameAs(before);
    assertThat(total(follower)).isEqualTo(2);
  }

  @Test
  void a_paused_leader_is_replaced_and_finds_out_when_it_goes_on() {
    String leader = cluster.awaitLeader();
    cluster.pause(leader);
    String next = cluster.awaitLeaderAmong(cluster.others(leader));
    assertThat(cluster.leader()).isEqualTo(next);
    cluster.resume(leader);
    cluster.awaitRole(leader, Role.FOLLOWER, 1_000);
  }

  @Test
  void a_leader_whose_disk_is_held_still_commits_with_the_others() {
    String leader = cluster.awaitLeader();
    cluster.holdWrites(leader);
    assertThat(call(leader)).isEqualTo(1);
    cluster.releaseWrites(leader);
    cluster.awaitConverged();
  }

  @Test
  void a_member_whose_disk_failed_takes_no_part_until_it_is_restarted() {
    String leader = cluster.awaitLeader();
    String follower = cluster.others(leader).get(0);
    cluster.failNextWrite(follower);
    call(leader);
    cluster.awaitRole(follower, Role.FAILED, 1_000);
    cluster.restart(follower);
    cluster.awaitConverged();
    assertThat(total(follower)).isEqualTo(1);
  }

  @Test
  void a_slow_disk_makes_a_commit_slow() {
    String leader = cluster.awaitLeader();
    cluster.elapse(500);
    cluster.others(leader).forEach(other -> cluster.slowDisk(other, 1000));
    Duration before = cluster.now();
    call(leader);
    assertThat(cluster.now().minus(before)).isGreaterThan(Duration.ofMillis(100));
  }

  @Test
  void a_transfer_moves_the_leadership() {
    String leader = cluster.awaitLeader();
    call(leader);
    String other = cluster.others(leader).get(0);
    cluster.transfer(leader, other);
    cluster.awaitRole(other, Role.LEADER, 1_000);
  }

  @Test
  void a_fast_clock_times_out_first_and_within_the_bound_all_is_well() {
    RaftTestKit kit = RaftTestKit.of(Ledger::new).clock("a", 1.09).clock("b", 0.92);
    Cluster uneven = kit.start();
    uneven.call(uneven.awaitLeader(), ONE);
    uneven.faults(Duration.ofSeconds(10));
    uneven.checkRecovery();
  }

  @Test
  void a_call_that_ends_in_doubt_says_so_and_what_to_use() {
    String leader = cluster.awaitLeader();
    call(leader);
    cluster.isolate(leader);
    assertThatThrownBy(() -> call(leader))
        .isInstanceOf(InvariantViolation.class)
        .message()
        .matches(
            "(?s)call needs a committed answer; %s answered Indeterminate\\[.*?\\] after [\\d,]+ ms of virtual time; use propose where it may fail.*"
                .formatted(leader));
  }

  @Test
  void a_call_that_nobody_takes_says_how_long_it_was_tried() {
    cluster.awaitLeader();
    cluster.crash("a");
    cluster.crash("b");
    cluster.elapse(Duration.ofSeconds(5));
    assertThatThrownBy(() -> call("c"))
        .message()
        .matches(
            "(?s)call needs a committed answer; c answered \\w+\\[.*?\\] after 3\\d,\\d{3} ms of"
                + " virtual time; use propose where it may fail.*");
  }

  // --- runs

  @Test
  void a_seed_gives_the_same_run_and_another_seed_another() {
    RaftTestKit kit = RaftTestKit.of(Ledger::new).commands(random -> new byte[] {5});
    assertThat(trace(kit.seed(3))).isEqualTo(trace(kit.seed(3)));
    assertThat(trace(kit.seed(3))).isNotEqualTo(trace(kit.seed(4)));
  }

  private static long trace(RaftTestKit kit) {
    Cluster run = kit.start();
    run.faults(Duration.ofSeconds(5));
    run.checkRecovery();
    return run.simulation().traceHash();
  }

  @Test
  void recovery_insists_on_a_leader() {
    cluster.awaitLeader();
    cluster.drop(VoteReply.class);
    cluster.hold(AppendEntries.class);
    cluster.elapse(Duration.ofSeconds(10));
    cluster.checkRecovery();
    assertThat(cluster.leader()).isNotNull();
  }

  @Test
  void a_view_is_compared_where_snapshots_are_not_alike() {
    Cluster salted =
        RaftTestKit.of(Ledger.Salted::new).comparedBy(Ledger.Salted.class, Ledger::total).start();
    salted.call(salted.awaitLeader(), ONE);
    salted.awaitConverged();
    assertThatThrownBy(
            () -> {
              Cluster strict = RaftTestKit.of(Ledger.Salted::new).start();
              strict.call(strict.awaitLeader(), ONE);
              strict.awaitConverged();
            })
        .hasMessageContaining("I5 all state machines agree");
  }

  // --- the report of a run

  @Test
  void a_report_shows_the_commands_that_were_proposed_forwarded_and_appended() {
    String leader = cluster.awaitLeader();
    String follower = cluster.others(leader).get(0);
    cluster.call(follower, "deposit ann 5".getBytes(UTF_8));
    String words = "commands: \"deposit ann 5\" (13 B)";
    assertThat(cluster.report("why").lines())
        .anyMatch(line -> line.contains("Proposals[1]") && line.endsWith(words))
        .anyMatch(line -> line.contains("ForwardProposal[") && line.endsWith(words))
        .anyMatch(line -> line.contains("AppendEntries[") && line.endsWith(words));
  }

  @Test
  void a_report_says_commands_in_the_applications_own_words_and_cuts_off_what_is_long() {
    Cluster told =
        RaftTestKit.of(Ledger::new)
            .commandsInWords(bytes -> bytes[0] == 7 ? "seven".repeat(1 / (bytes.length - 1)) : "x")
            .start();
    String leader = told.awaitLeader();
    told.call(leader, new byte[] {1});
    told.call(leader, new byte[] {7});
    assertThat(told.report("why"))
        .contains("commands: x\n", "07 (1 B) (not described: java.lang.ArithmeticException");
    cluster.call(cluster.awaitLeader(), new byte[100]);
    assertThat(cluster.report("why"))
        .containsPattern("commands: 0{80}\\.\\.\\. \\(100 B, hash [0-9a-f]{16}\\)");
  }

  // --- misuse

  @Test
  void a_name_that_nobody_has_is_answered_with_those_there_are() {
    assertThatThrownBy(() -> cluster.cut("a", "x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("there is no member x, but [a, b, c]");
  }

  @Test
  void another_kind_of_state_machine_is_refused_by_name() {
    assertThatThrownBy(() -> cluster.stateMachine("a", HashStateMachine.class))
        .hasMessageContaining("but " + Ledger.class.getName());
  }

  @Test
  void impossible_settings_are_refused() {
    RaftTestKit kit = RaftTestKit.of(Ledger::new);
    assertThatThrownBy(() -> kit.members(0)).hasMessageContaining("1 to 9 members");
    assertThatThrownBy(() -> kit.drift(0.7)).hasMessageContaining("below 0.5");
    assertThatThrownBy(() -> kit.clock("a", 2)).hasMessageContaining("between 0.5 and 1.5");
    assertThatThrownBy(() -> kit.clock("z", 1.1).start()).hasMessageContaining("no member z");
  }
}
