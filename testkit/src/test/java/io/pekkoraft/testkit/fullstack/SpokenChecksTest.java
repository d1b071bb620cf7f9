package io.pekkoraft.testkit.fullstack;

import static io.pekkoraft.testkit.fullstack.ForgedGroup.LOG;
import static io.pekkoraft.testkit.fullstack.ForgedGroup.batch;
import static io.pekkoraft.testkit.fullstack.ForgedGroup.log;
import static io.pekkoraft.testkit.fullstack.ForgedGroup.vote;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.pekkoraft.api.Outcome;
import io.pekkoraft.log.EntrySlice;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.LogPosition;
import io.pekkoraft.message.PeerMessage;
import io.pekkoraft.message.PeerMessage.AppendEntries;
import io.pekkoraft.message.PeerMessage.AppendReply;
import io.pekkoraft.message.PeerMessage.Heartbeat;
import io.pekkoraft.message.PeerMessage.InstallSnapshotReply;
import io.pekkoraft.message.PeerMessage.VoteReply;
import io.pekkoraft.message.VoteVerdict;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What no honest member says, and no client is told, is said here, and named. */
class SpokenChecksTest {
  private static final long SENT = 77;
  private static final byte[] COMMAND = {7};
  private static final byte[] RESULT = {1};
  private static final byte[] OTHER_RESULT = {2};

  private final ForgedGroup group = new ForgedGroup();

  private static Heartbeat heartbeat(long term) {
    return new Heartbeat(term, 0, SENT, PeerMessage.NO_TRANSFER);
  }

  /** Of everything from index 1 on. */
  private static AppendEntries append(long term, List<LogEntry> entries) {
    return append(term, new EntrySlice(LogPosition.ZERO, 0, entries));
  }

  private static AppendEntries append(long term, EntrySlice slice) {
    return new AppendEntries(term, slice, 0, SENT, PeerMessage.NO_TRANSFER);
  }

  /** The entry behind {@link ForgedGroup#LOG}. */
  private static EntrySlice fifth(int term) {
    LogEntry last = LOG.get(3);
    return new EntrySlice(last.position(), last.hash(), log(0, 1, 1, 1, 1, term).subList(4, 5));
  }

  private static AppendReply accepted(long index) {
    return new AppendReply(2, SENT, true, 0, index, 0);
  }

  /** a leads term 2 with four entries. */
  private void aLeads() {
    group.stores("a", batch(1, 0, LOG), vote(2, "a"));
    group.says("a", "b", heartbeat(2));
    assertThatCode(group.world::check).doesNotThrowAnyException();
  }

  // --- leaders and votes

  @Test
  void two_lead_in_a_term() {
    aLeads();
    group.stores("b", batch(1, 0, LOG), vote(2, "b"));
    group.says("b", "a", heartbeat(2));
    group.expect("I1 one leader a term");
  }

  @Test
  void a_member_that_has_lost_its_log_and_speaks() {
    aLeads();
    group.checks.lost(group.machine("a"), "its files are gone");
    group.says("a", "b", heartbeat(2));
    group.expect("I28 a member whose log is damaged takes no part");
  }

  @Test
  void a_leader_that_takes_back_what_it_sent_in_its_term() {
    aLeads();
    group.says("a", "b", append(2, fifth(1)));
    group.says("a", "c", append(2, fifth(2)));
    group.expect("I2 a leader only appends");
  }

  @Test
  void a_leader_without_what_is_committed() {
    group.stores("a", batch(1, 0, LOG));
    group.stores("b", batch(1, 0, LOG));
    group.checks.committed(group.machine("a"), 4);
    group.stores("c", batch(1, 0, LOG.subList(0, 2)), vote(2, "c"));
    group.says("c", "a", heartbeat(2));
    group.expect("I4 a leader has all that is committed");
  }

  @Test
  void a_leader_without_what_a_client_was_told() {
    group.stores("a", batch(1, 0, LOG));
    group.stores("b", batch(1, 0, LOG));
    group.protocol.acknowledged(group.machine("a"), 4);
    group.stores("c", batch(1, 0, LOG.subList(0, 2)), vote(2, "c"));
    group.says("c", "a", heartbeat(2));
    group.expect("I18 no acknowledged command is lost");
  }

  @Test
  void a_grant_that_is_on_no_disk() {
    group.stores("b", vote(2, "c"));
    group.says("b", "a", new VoteReply(2, VoteVerdict.GRANT));
    group.expect("I11 a grant is durable");
  }

  @Test
  void a_leader_whose_own_vote_is_on_no_disk() {
    group.stores("a", batch(2, 0, LOG));
    group.says("a", "b", heartbeat(2));
    group.expect("I12 a leader's own vote is durable");
  }

  // --- answers

  @Test
  void an_acknowledgement_that_is_on_no_disk() {
    aLeads();
    group.stores("b", batch(2, 0, LOG.subList(0, 2)));
    group.says("a", "b", append(2, LOG));
    group.says("b", "a", accepted(4));
    group.expect("I13 an acknowledgement is durable");
  }

  @Test
  void an_acknowledgement_by_whom_has_another_entry_there() {
    aLeads();
    group.stores("b", batch(2, 0, log(9, 2, 2, 2, 2)));
    group.says("a", "b", append(2, LOG));
    group.says("b", "a", accepted(4));
    group.expect("I13 an acknowledgement is durable");
  }

  @Test
  void an_installed_snapshot_that_is_on_no_disk() {
    group.says("b", "a", new InstallSnapshotReply(2, SENT, 4, 16, true));
    group.expect("I13 an installed snapshot is durable");
  }

  @Test
  void an_acknowledgement_of_more_than_was_sent() {
    aLeads();
    group.stores("b", batch(2, 0, LOG));
    group.says("a", "b", append(2, LOG.subList(0, 3)));
    group.says("b", "a", accepted(4));
    group.expect("I14 an acknowledgement goes no further than its request");
  }

  @Test
  void a_part_of_a_snapshot_that_is_asked_for_again() {
    group.says("b", "a", new InstallSnapshotReply(2, SENT, 4, 8, false));
    group.says("b", "a", new InstallSnapshotReply(2, SENT, 4, 4, false));
    group.expect("L6 what is stored of a snapshot stays");
  }

  @Test
  void two_lives_of_one_start() {
    group.stores("a", vote(2, "a"));
    group.says("a", 1, "b", heartbeat(2));
    group.says("a", 2, "b", heartbeat(2));
    group.expect("I29 each start has a life of its own");
  }

  @Test
  void a_message_that_changes_on_its_way() {
    Flight sent = group.flight("a", 1, "b", heartbeat(2));
    group.messages.arrived(sent, group.flight("a", 1, "b", heartbeat(3)).message());
    group.expect("what arrives is what was sent");
  }

  // --- what is applied, and what clients are told

  private void applies(String name, long index, byte[] result, long chain) {
    group.history.applied(group.machine(name), index, COMMAND, result, chain);
  }

  @Test
  void two_members_that_differ() {
    group.history.proposed(COMMAND);
    applies("a", 1, RESULT, 5);
    applies("b", 1, RESULT, 6);
    group.expect("I5 all members apply the same");
  }

  @Test
  void a_member_that_applies_what_others_left_out() {
    group.history.proposed(COMMAND);
    group.history.proposed(COMMAND);
    applies("a", 2, RESULT, 5);
    applies("b", 1, RESULT, 5);
    group.expect("I5 all members apply the same");
  }

  @Test
  void a_snapshot_of_another_state() {
    group.history.proposed(COMMAND);
    applies("a", 1, RESULT, 5);
    group.history.restored(group.machine("b"), 1, 6);
    group.expect("I5 a snapshot is the state after its commands");
  }

  @Test
  void a_command_that_is_applied_again() {
    group.history.proposed(COMMAND);
    CheckedStateMachine machine =
        new CheckedStateMachine(new RegisterMachine(), group.machine("a"), group.history);
    machine.apply(1, COMMAND);
    machine.apply(1, COMMAND);
    group.expect("I16 commands are applied in order, once");
  }

  @Test
  void an_answer_that_is_not_committed() {
    group.history.proposed(COMMAND);
    group.history.answered(COMMAND, new Outcome.Committed(1, RESULT));
    group.expect("I17 what is acknowledged is committed");
  }

  @Test
  void an_answer_with_another_result() {
    group.history.proposed(COMMAND);
    applies("a", 1, RESULT, 5);
    group.history.answered(COMMAND, new Outcome.Committed(1, OTHER_RESULT));
    group.expect("I17 the answer is the result");
  }

  @Test
  void a_command_that_nobody_proposed() {
    applies("a", 1, RESULT, 5);
    group.expect("I19 nothing is applied but what was proposed and did not fail for certain");
  }

  @Test
  void a_command_that_failed_for_certain_and_is_applied() {
    group.history.proposed(COMMAND);
    applies("a", 1, RESULT, 5);
    group.history.answered(COMMAND, new Outcome.NoLeader("forged"));
    group.expect("I19 nothing is applied but what was proposed and did not fail for certain");
  }
}
