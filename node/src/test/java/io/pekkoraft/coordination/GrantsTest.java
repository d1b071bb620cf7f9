package io.pekkoraft.coordination;

import static io.pekkoraft.coordination.CoordinationWorld.ELECTION_TIMEOUT;
import static io.pekkoraft.coordination.CoordinationWorld.GRACE;
import static io.pekkoraft.coordination.CoordinationWorld.INTERVAL;
import static io.pekkoraft.coordination.CoordinationWorld.LEASE_NANOS;
import static io.pekkoraft.coordination.CoordinationWorld.SETTINGS;
import static io.pekkoraft.coordination.CoordinationWorld.nanos;
import static io.pekkoraft.coordination.CoordinationWorld.session;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.pekkoraft.api.Leadership;
import io.pekkoraft.coordination.Proposal.Fate;
import io.pekkoraft.coordination.TableCommand.Assign;
import io.pekkoraft.coordination.TableCommand.Remove;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When the leader may take what a session holds, and that it does not do so earlier. */
class GrantsTest {
  private final CoordinationWorld world = new CoordinationWorld();
  private final Holding a = session("a");
  private final Holding b = session("b");

  /** {@code a} holds x, {@code b} would host it too. */
  @BeforeEach
  void a_holds_x() {
    world.lead(7);
    a.offer("x");
    b.offer("x");
    world.run(200, a, b);
    assertThat(world.holder("x")).isEqualTo(a.id());
    assertThat(world.holds(a, "x")).isTrue();
    assertThat(world.holds(b, "x")).isFalse();
  }

  /** Only {@code b} pings from now on. */
  private long untilProposed() {
    long start = world.now;
    while (world.proposed.isEmpty() && world.now - start < 60_000) {
      world.elapse(1);
      if (world.now % INTERVAL == 0) {
        world.meet(b);
      }
      world.tick();
    }
    return world.now - start;
  }

  @Test
  void a_silent_holder_keeps_a_chained_name_for_an_election_timeout_and_the_grace() {
    assertThat(untilProposed()).isEqualTo(ELECTION_TIMEOUT + GRACE);
    assertThat(world.proposed)
        .extracting(Proposal::term, Proposal::command)
        .containsExactly(tuple(7L, new Assign("x", token(), b.id(), "", 0)));
  }

  @Test
  void the_wait_begins_when_the_last_ping_was_received_not_when_it_was_sent() {
    Ping delayed = a.ping(nanos(world.now), false);
    world.elapse(80);
    assertThat(world.answer(delayed)).isNotNull();
    assertThat(untilProposed()).isEqualTo(ELECTION_TIMEOUT + GRACE);
  }

  @Test
  void while_something_is_taken_from_a_session_it_gets_no_answer() {
    untilProposed();
    assertThat(world.ask(a)).isNull();
    world.elapse(INTERVAL);
    assertThat(world.ask(a)).isNull();
    world.commit();
    assertThat(requireNonNull(world.ask(a)).held()).isEmpty();
    assertThat(world.holder("x")).isEqualTo(b.id());
  }

  @Test
  void a_proposal_that_may_still_take_effect_keeps_the_session_withheld() {
    untilProposed();
    world.settle(Fate.UNKNOWN);
    assertThat(world.ask(a)).isNull();
    world.tick();
    assertThat(world.proposed).hasSize(1); // once more, the same
    world.settle(Fate.NOT_DONE); // says nothing of the first
    assertThat(world.ask(a)).isNull();
    world.tick();
    world.commit();
    assertThat(world.ask(a)).isNotNull();
    assertThat(world.holder("x")).isEqualTo(b.id());
  }

  @Test
  void a_proposal_that_certainly_failed_leaves_everything_as_it_was() {
    untilProposed();
    world.settle(Fate.NOT_DONE);
    world.meet(a);
    assertThat(world.holds(a, "x")).isTrue();
    world.tick();
    assertThat(world.proposed).isEmpty();
  }

  @Test
  void a_leader_without_proof_answers_nobody() {
    world.now += 409;
    assertThat(world.ask(a)).isNotNull();
    world.now += 1;
    assertThat(world.ask(a)).isNull();
    Leadership next = world.lead(8);
    assertThat(world.ask(a)).isNotNull();
    next.end();
    world.now += 1;
    assertThat(world.ask(a)).isNull();
  }

  @Test
  void the_age_of_the_proof_is_in_the_answer() {
    world.now += 30;
    Pong pong = requireNonNull(world.ask(a));
    assertThat(pong.provenAgeNanos()).isEqualTo(nanos(30));
    assertThat(pong.leaseNanos()).isEqualTo(LEASE_NANOS);
    assertThat(pong.echoNanos()).isEqualTo(nanos(world.now));
  }

  @Test
  void a_ping_that_was_overtaken_is_not_answered() {
    Ping first = a.ping(nanos(world.now), false);
    Ping second = a.ping(nanos(world.now) + 1, false);
    assertThat(world.answer(second)).isNotNull();
    assertThat(world.answer(first)).isNull();
    assertThat(world.answer(second)).isNull();
  }

  // --- another leader

  @Test
  void a_new_leader_takes_from_who_does_not_attach_within_three_intervals() {
    world.elapse(1);
    world.grants = new Grants(SETTINGS, world.table::view, 0);
    world.lead(8);
    world.meet(b);
    assertThat(untilProposed()).isEqualTo(3 * INTERVAL);
  }

  @Test
  void a_new_leader_lets_go_on_who_attaches() {
    world.elapse(1);
    world.grants = new Grants(SETTINGS, world.table::view, 0);
    world.lead(8);
    assertThat(world.run(5_000, a, b)).isEmpty();
    assertThat(world.holder("x")).isEqualTo(a.id());
    assertThat(world.holds(a, "x")).isTrue();
  }

  @Test
  void a_new_leader_by_transfer_waits_for_the_chained_leases_of_the_one_before() {
    world.elapse(1);
    long elected = world.now - 1;
    world.grants = new Grants(SETTINGS, world.table::view, 0);
    world.lead(8, true, elected);
    world.meet(b);
    untilProposed();
    assertThat(world.now - elected).isEqualTo(ELECTION_TIMEOUT + GRACE);
  }

  @Test
  void a_leader_that_is_elected_again_waits_for_what_it_granted_itself() {
    world.elapse(1);
    world.lead(9);
    world.meet(b);
    assertThat(untilProposed()).isEqualTo(ELECTION_TIMEOUT + GRACE - 1);
  }

  @Test
  void after_an_aborted_transfer_what_was_granted_and_proposed_in_the_term_counts_on() {
    long silentSince = world.now;
    world.elapse(200);
    world.grants.following();
    assertThat(world.ask(b)).isNull();
    world.lead(7, false, 1_000);
    untilProposed();
    assertThat(world.now - silentSince).isEqualTo(ELECTION_TIMEOUT + GRACE);
    world.grants.following();
    world.lead(7, false, 1_000);
    assertThat(world.ask(a)).isNull(); // withheld still
    world.commit();
    assertThat(world.ask(a)).isNotNull();
  }

  @Test
  void grants_that_begin_in_the_middle_of_a_term_wait_for_those_before_them() {
    Leadership present = world.lead(7, false, 1_000);
    world.elapse(10);
    long started = world.now;
    world.grants = new Grants(SETTINGS, world.table::view, nanos(started));
    world.grants.leading(present, nanos(world.now));
    assertThat(world.ask(b)).isNull();
    world.tick();
    assertThat(world.proposed).hasSize(1); // changes nothing, but is applied after all before it
    assertThat(world.ask(b)).isNull();
    world.settle(Fate.NOT_DONE);
    assertThat(world.ask(b)).isNull();
    world.tick();
    assertThat(world.proposed).hasSize(1);
    world.commit();
    assertThat(world.ask(b)).isNotNull();
    untilProposed();
    assertThat(world.now - started).isEqualTo(ELECTION_TIMEOUT + GRACE);
  }

  @Test
  void outcomes_of_an_earlier_term_decide_nothing() {
    untilProposed();
    Proposal old = world.proposed.remove(0);
    world.lead(8);
    world.meet(b);
    untilProposed();
    world.grants.settled(old, Fate.NOT_DONE);
    assertThat(world.ask(a)).isNull();
  }

  @Test
  void a_leader_that_was_held_up_calls_nobody_silent_before_it_heard_them() {
    world.elapse(2_000);
    world.tick();
    assertThat(world.proposed).isEmpty();
    Long token = a.token("x");
    world.run(1_000, a, b);
    assertThat(a.token("x")).isEqualTo(token);
    assertThat(world.holds(a, "x")).isTrue();
  }

  @Test
  void a_name_that_nobody_else_wants_waits_for_its_silent_holder() {
    b.withdraw("x");
    world.run(5_000, b);
    assertThat(world.holder("x")).isEqualTo(a.id());
    world.run(50, a);
    assertThat(world.holds(a, "x")).isTrue();
  }

  // --- leases with a time to live

  @Test
  void a_lease_with_a_time_to_live_is_taken_after_that_time_of_silence() {
    a.acquire("l", "me", nanos(3_000), nanos(world.now));
    world.run(100, a, b);
    assertThat(world.holds(a, "l")).isTrue();
    b.withdraw("x");
    b.acquire("l", "me", nanos(3_000), nanos(world.now));
    assertThat(untilProposed()).isEqualTo(3_000 + GRACE);
  }

  @Test
  void a_new_leader_waits_the_whole_time_to_live() {
    a.acquire("l", "me", nanos(3_000), nanos(world.now));
    world.run(100, a, b);
    b.withdraw("x");
    world.grants = new Grants(SETTINGS, world.table::view, 0);
    long elected = world.now - 5;
    world.lead(8, false, elected);
    b.acquire("l", "me", nanos(3_000), nanos(world.now));
    untilProposed();
    assertThat(world.now - elected).isEqualTo(3_000 + GRACE);
  }

  @Test
  void a_lease_that_ran_out_is_removed_though_nobody_wants_it() {
    a.acquire("l", "me", nanos(3_000), nanos(world.now));
    world.run(100, a, b);
    b.withdraw("x");
    untilProposed();
    assertThat(world.proposed).extracting(Proposal::command).hasOnlyElementsOfType(Remove.class);
  }

  private long token() {
    return requireNonNull(world.table.view().entry("x")).token();
  }
}
