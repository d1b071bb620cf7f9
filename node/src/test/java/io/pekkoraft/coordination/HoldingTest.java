package io.pekkoraft.coordination;

import static io.pekkoraft.coordination.CoordinationWorld.LEASE_NANOS;
import static io.pekkoraft.coordination.CoordinationWorld.nanos;
import static io.pekkoraft.coordination.CoordinationWorld.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pekkoraft.coordination.HoldingEvent.Assigned;
import io.pekkoraft.coordination.HoldingEvent.Granted;
import io.pekkoraft.coordination.HoldingEvent.HandOver;
import io.pekkoraft.coordination.HoldingEvent.Lapsed;
import io.pekkoraft.coordination.HoldingEvent.LeaseLost;
import io.pekkoraft.coordination.HoldingEvent.Located;
import io.pekkoraft.coordination.HoldingEvent.Lost;
import io.pekkoraft.coordination.HoldingEvent.Refused;
import io.pekkoraft.coordination.HoldingEvent.Resumed;
import io.pekkoraft.coordination.Pong.Held;
import io.pekkoraft.coordination.Pong.Refusal;
import io.pekkoraft.coordination.Wishes.Grant;
import io.pekkoraft.coordination.Wishes.Instance;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a session makes of pongs, pong by pong. */
class HoldingTest {
  private static final Held X = new Held("x", 5, "", 0, false);
  private static final Held LEASE = new Held("l", 6, "me", nanos(2_000), false);

  private final Holding holding = session("a");

  private static Pong pong(
      Holding to, long term, long counter, long echoMillis, long ageMillis, Held... held) {
    return new Pong(
        to.id(),
        term,
        counter,
        nanos(echoMillis),
        nanos(ageMillis),
        LEASE_NANOS,
        1,
        List.of(held),
        List.of(),
        List.of(),
        List.of());
  }

  private List<HoldingEvent> hear(long atMillis, long term, long counter, long echo, Held... held) {
    return holding.onPong(pong(holding, term, counter, echo, 0, held), nanos(atMillis));
  }

  private void ping(long atMillis) {
    holding.ping(nanos(atMillis), false);
  }

  @Test
  void a_chained_lease_is_counted_from_the_ping_and_the_age_of_the_proof_is_taken_off() {
    holding.offer("x");
    ping(1_000);
    List<HoldingEvent> events = holding.onPong(pong(holding, 1, 1, 1_000, 30, X), nanos(1_200));
    assertThat(events).containsExactly(new Assigned("x", 5));
    long end = nanos(1_000) - nanos(30) + LEASE_NANOS;
    assertThat(holding.holds("x", 5, end - 1)).isTrue();
    assertThat(holding.holds("x", 5, end)).isFalse();
    assertThat(holding.holds("x", 4, end - 1)).isFalse();
    assertThat(holding.holds("y", 5, end - 1)).isFalse();
  }

  @Test
  void a_lapsed_lease_is_resumed_by_the_next_pong() {
    holding.offer("x");
    ping(1_000);
    hear(1_001, 1, 1, 1_000, X);
    assertThat(holding.tick(nanos(1_409))).isEmpty();
    assertThat(holding.tick(nanos(1_410))).containsExactly(new Lapsed("x", 5));
    assertThat(holding.tick(nanos(1_460))).isEmpty();
    ping(1_500);
    assertThat(hear(1_501, 1, 2, 1_500, X)).containsExactly(new Resumed("x", 5));
    assertThat(holding.holds("x", 5, nanos(1_501))).isTrue();
  }

  @Test
  void a_pong_that_was_overtaken_gives_nothing_back() {
    holding.offer("x");
    ping(1_000);
    hear(1_001, 2, 10, 1_000, X);
    ping(1_050);
    assertThat(hear(1_052, 2, 12, 1_050)).containsExactly(new Lost("x", 5));
    assertThat(hear(1_053, 2, 11, 1_050, X)).isEmpty();
    assertThat(hear(1_054, 1, 99, 1_050, X)).isEmpty();
    assertThat(holding.holds("x", 5, nanos(1_054))).isFalse();
    assertThat(hear(1_055, 3, 1, 1_050, X)).containsExactly(new Assigned("x", 5));
  }

  @Test
  void what_was_released_is_not_held_whatever_the_table_still_says() {
    holding.offer("x");
    ping(1_000);
    hear(1_001, 1, 1, 1_000, X);
    holding.released("x", 5);
    assertThat(holding.holds("x", 5, nanos(1_001))).isFalse();
    Ping ping = holding.ping(nanos(1_050), true);
    assertThat(wishes(ping).released()).containsExactly(new Grant("x", 5));
    assertThat(hear(1_051, 1, 2, 1_050, X)).isEmpty();
    assertThat(holding.holds("x", 5, nanos(1_051))).isFalse();
    assertThat(hear(1_052, 1, 3, 1_050, new Held("x", 8, "", 0, false)))
        .containsExactly(new Assigned("x", 8));
    assertThat(wishes(holding.ping(nanos(1_100), true)).released()).isEmpty();
  }

  @Test
  void another_token_is_another_grant() {
    holding.offer("x");
    ping(1_000);
    hear(1_001, 1, 1, 1_000, X);
    assertThat(hear(1_002, 1, 2, 1_000, new Held("x", 8, "", 0, false)))
        .containsExactly(new Lost("x", 5), new Assigned("x", 8));
    assertThat(holding.holds("x", 5, nanos(1_002))).isFalse();
    assertThat(holding.holds("x", 8, nanos(1_002))).isTrue();
  }

  @Test
  void pongs_for_another_life_or_of_what_was_never_sent_are_ignored() {
    holding.offer("x");
    assertThat(hear(1_001, 1, 1, 1_000, X)).isEmpty();
    ping(1_000);
    Holding otherLife = new Holding(new SessionId(holding.id().name(), 2));
    assertThat(holding.onPong(pong(otherLife, 1, 1, 1_000, 0, X), nanos(1_001))).isEmpty();
    assertThat(hear(1_001, 1, 1, 1_001, X)).isEmpty();
    assertThat(hear(1_001, 1, 1, 1_000, X)).hasSize(1);
  }

  @Test
  void what_is_not_offered_or_not_asked_for_is_given_back() {
    ping(1_000);
    assertThat(hear(1_001, 1, 1, 1_000, X, LEASE)).isEmpty();
    assertThat(wishes(holding.ping(nanos(1_050), true)).released())
        .containsExactlyInAnyOrder(new Grant("x", 5), new Grant("l", 6));
    assertThat(holding.holds("x", 5, nanos(1_002))).isFalse();
  }

  @Test
  void whoever_leaves_takes_nothing_new() {
    holding.offer("x");
    holding.leave();
    ping(1_000);
    assertThat(hear(1_001, 1, 1, 1_000, X)).isEmpty();
    assertThat(wishes(holding.ping(nanos(1_050), true)).leaving()).isTrue();
  }

  @Test
  void a_hand_over_is_told_once() {
    holding.offer("x");
    ping(1_000);
    hear(1_001, 1, 1, 1_000, X);
    Held asked = new Held("x", 5, "", 0, true);
    assertThat(hear(1_002, 1, 2, 1_000, asked)).containsExactly(new HandOver("x", 5));
    assertThat(hear(1_003, 1, 3, 1_000, asked)).isEmpty();
    assertThat(holding.holds("x", 5, nanos(1_003))).isTrue();
  }

  // --- leases that are asked for

  @Test
  void a_lease_is_granted_to_who_asked_and_valid_from_the_ping() {
    assertThat(holding.acquire("l", "me", nanos(2_444), nanos(1_000))).isNull();
    ping(1_000);
    assertThat(hear(1_100, 1, 1, 1_000, LEASE)).containsExactly(new Granted("l", "me", 6));
    assertThat(holding.holds("l", 6, nanos(3_000) - 1)).isTrue();
    assertThat(holding.holds("l", 6, nanos(3_000))).isFalse();
    assertThat(holding.acquire("l", "me", nanos(2_444), nanos(1_200))).isEqualTo(6);
  }

  @Test
  void a_lease_whose_time_is_over_is_lost_for_good() {
    holding.acquire("l", "me", nanos(2_444), nanos(1_000));
    ping(1_000);
    hear(1_001, 1, 1, 1_000, LEASE);
    ping(3_100);
    assertThat(hear(3_101, 1, 2, 3_100, LEASE)).hasSize(1).first().isInstanceOf(LeaseLost.class);
    assertThat(holding.holds("l", 6, nanos(3_101))).isFalse();
    assertThat(wishes(holding.ping(nanos(3_150), true)).released())
        .containsExactly(new Grant("l", 6));
    assertThat(holding.isGone("l", nanos(3_100))).isFalse();
  }

  @Test
  void a_refusal_counts_if_it_was_said_after_the_question() {
    ping(900);
    holding.acquire("l", "me", nanos(2_444), nanos(1_000));
    assertThat(holding.onPong(refusal(1, 900), nanos(1_001))).isEmpty();
    ping(1_000);
    assertThat(holding.onPong(refusal(2, 1_000), nanos(1_002)))
        .containsExactly(new Refused("l", "me", "you"));
    assertThat(wishes(holding.ping(nanos(1_050), true)).acquiring()).isEmpty();
  }

  private Pong refusal(long counter, long echoMillis) {
    return new Pong(
        holding.id(),
        1,
        counter,
        nanos(echoMillis),
        0,
        LEASE_NANOS,
        1,
        List.of(),
        List.of(new Refusal("l", "you")),
        List.of(),
        List.of());
  }

  // --- where names act

  @Test
  void a_watcher_is_told_of_each_change_and_of_nothing_else() {
    holding.watch("w");
    ping(1_000);
    assertThat(located(1, new Instance("w", 0, ""))).isEmpty();
    assertThat(located(2, new Instance("w", 5, "p"), new Instance("other", 5, "p")))
        .containsExactly(new Located("w", new Instance("w", 5, "p")));
    assertThat(located(3, new Instance("w", 5, "p"))).isEmpty();
    assertThat(located(4)).isEmpty(); // not known yet, by a new leader
    assertThat(located(5, new Instance("w", 9, "p"))).hasSize(1);
    assertThat(located(6, new Instance("w", 9, ""))).hasSize(1);
  }

  private List<HoldingEvent> located(long counter, Instance... instances) {
    return holding.onPong(
        new Pong(
            holding.id(),
            1,
            counter,
            nanos(1_000),
            0,
            LEASE_NANOS,
            1,
            List.of(),
            List.of(),
            List.of(),
            List.of(instances)),
        nanos(1_001));
  }

  @Test
  void wishes_are_told_until_they_are_known() {
    holding.offer("x");
    assertThat(holding.ping(nanos(1_000), false).wishes()).isNotNull();
    Pong known =
        new Pong(
            holding.id(),
            1,
            1,
            nanos(1_000),
            0,
            LEASE_NANOS,
            holding.ping(nanos(1_000), false).revision(),
            List.of(),
            List.of(),
            List.of(),
            List.of());
    holding.onPong(known, nanos(1_001));
    assertThat(holding.ping(nanos(1_050), false).wishes()).isNull();
    assertThat(holding.ping(nanos(1_050), true).wishes()).isNotNull();
    holding.offer("y");
    assertThat(holding.ping(nanos(1_060), false).wishes()).isNotNull();
  }

  @Test
  void there_are_limits_with_clear_errors() {
    holding.offer("x");
    assertThatThrownBy(() -> holding.offer("x")).hasMessageContaining("offered already");
    assertThatThrownBy(() -> holding.offer("a b")).hasMessageContaining("'!' to '~'");
    for (int i = 0; i < 999; i++) {
      holding.offer("n" + i);
    }
    assertThatThrownBy(() -> holding.offer("y")).hasMessageContaining("at most 1000 names");
    Holding other = session("b");
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 999; i++) {
                other.offer("n".repeat(250) + i);
              }
            })
        .hasMessageContaining("shorter names");
  }

  private static Wishes wishes(Ping ping) {
    Wishes wishes = ping.wishes();
    if (wishes == null) {
      throw new AssertionError("no wishes");
    }
    return wishes;
  }
}
