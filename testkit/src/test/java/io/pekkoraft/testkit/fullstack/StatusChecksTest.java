package io.pekkoraft.testkit.fullstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pekkoraft.api.Outcome;
import io.pekkoraft.api.RaftStatus;
import io.pekkoraft.api.RaftStatus.Role;
import io.pekkoraft.message.PeerMessage.ForwardReply;
import io.pekkoraft.testkit.InvariantViolation;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What no honest member thinks of itself is said of a real one, and named. */
@ExtendWith(QuietLog.class)
class StatusChecksTest {
  private static final String ALONE = "a";

  private final FullStackCluster cluster = FullStackCluster.of(1, 1, RegisterMachine::new);
  private final StatusChecks checks = new StatusChecks(cluster);
  private final RaftStatus honest = honest(cluster);

  /** Of a member that leads and has committed its first entry. */
  private static RaftStatus honest(FullStackCluster cluster) {
    CompletableFuture<RaftStatus> answer =
        cluster.group(cluster.awaitLeader()).status().toCompletableFuture();
    cluster.await("an answer", Duration.ofSeconds(1), answer::isDone);
    return answer.join();
  }

  private RaftStatus status(
      Role role, long term, long commit, long applied, long durable, long last, String reason) {
    return new RaftStatus(
        honest.group(),
        honest.node(),
        role,
        term,
        honest.leader(),
        commit,
        applied,
        durable,
        last,
        honest.firstIndex(),
        honest.snapshotIndex(),
        honest.configuration(),
        reason);
  }

  /** The honest one with this role and term. */
  private RaftStatus as(Role role, long term, String reason) {
    return status(
        role,
        term,
        honest.commitIndex(),
        honest.appliedIndex(),
        honest.durableIndex(),
        honest.lastIndex(),
        reason);
  }

  /** The honest one with these indexes. */
  private RaftStatus at(long commit, long applied, long durable, long last) {
    return status(honest.role(), honest.term(), commit, applied, durable, last, honest.reason());
  }

  private void says(RaftStatus status) {
    checks.answered(ALONE, cluster.group(ALONE), 0, status);
  }

  private void expect(String invariant) {
    expect(invariant, cluster.world()::check);
  }

  private static void expect(String invariant, ThrowingCallable when) {
    assertThatThrownBy(when)
        .isInstanceOfSatisfying(
            InvariantViolation.class,
            violation ->
                assertThat(violation.invariant()).as(violation.getMessage()).isEqualTo(invariant));
  }

  @Test
  void an_honest_status_breaks_nothing() {
    says(honest);
    says(honest);
    assertThatCode(cluster.world()::check).doesNotThrowAnyException();
  }

  @Test
  void a_term_that_falls() {
    says(honest);
    says(as(Role.FOLLOWER, honest.term() - 1, ""));
    expect("I8 the term never falls");
  }

  @Test
  void a_commit_index_that_falls() {
    says(honest);
    says(at(0, 0, honest.durableIndex(), honest.lastIndex()));
    expect("I8 the commit index never falls");
  }

  @Test
  void more_applied_than_committed() {
    says(at(0, honest.appliedIndex(), honest.durableIndex(), honest.lastIndex()));
    expect("I8 applied at most what is committed");
  }

  @Test
  void more_committed_than_there_is() {
    says(at(honest.commitIndex(), honest.appliedIndex(), 0, honest.commitIndex() - 1));
    expect("I8 committed at most what is there");
  }

  @Test
  void more_durable_than_there_is() {
    long last = honest.lastIndex();
    says(at(honest.commitIndex(), honest.appliedIndex(), last + 1, last));
    expect("I8 durable at most what is there");
  }

  @Test
  void less_applied_than_the_state_machine_says() {
    checks.answered(ALONE, cluster.group(ALONE), honest.appliedIndex() + 1, honest);
    expect("I8 what is applied is known");
  }

  @Test
  void a_failure_that_nobody_knows_the_reason_of() {
    says(as(Role.FAILED, honest.term(), "its journal has stopped"));
    expect("I28 a failed member knows why");
  }

  @Test
  void a_member_that_has_failed_and_takes_part_again() {
    says(as(Role.FAILED, honest.term(), "its disk"));
    says(honest);
    expect("I28 a failed member takes no part");
  }

  @Test
  void a_member_that_has_failed_and_speaks() {
    FullStackCluster three = FullStackCluster.of(3, 1, RegisterMachine::new);
    String leader = three.awaitLeader();
    StatusChecks ofThree = new StatusChecks(three);
    ofThree.begin();
    three.elapse(Duration.ofMillis(50)); // what was asked is answered; more is asked every 200 ms
    ofThree.answered(leader, three.group(leader), 0, as(Role.FAILED, honest.term(), "its disk"));
    expect("I28 a failed member says nothing", () -> three.elapse(Duration.ofMillis(120)));
  }

  @Test
  void only_a_result_that_was_committed_before_may_be_told_after_the_failure() {
    RaftStatus failed = as(Role.FAILED, honest.term(), "its disk");
    assertThat(StatusChecks.isKnownResult(result(failed.commitIndex()), failed)).isTrue();
    assertThat(StatusChecks.isKnownResult(result(failed.commitIndex() + 1), failed)).isFalse();
    ForwardReply unknown = new ForwardReply(1, 1, new Outcome.Indeterminate("its disk"));
    assertThat(StatusChecks.isKnownResult(unknown, failed)).isFalse();
  }

  private static ForwardReply result(long index) {
    return new ForwardReply(1, 1, new Outcome.Committed(index, new byte[0]));
  }
}
