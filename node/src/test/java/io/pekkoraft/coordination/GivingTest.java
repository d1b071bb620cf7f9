package io.pekkoraft.coordination;

import static io.pekkoraft.coordination.CoordinationWorld.GRACE;
import static io.pekkoraft.coordination.CoordinationWorld.REBALANCE_AFTER;
import static io.pekkoraft.coordination.CoordinationWorld.SETTINGS;
import static io.pekkoraft.coordination.CoordinationWorld.nanos;
import static io.pekkoraft.coordination.CoordinationWorld.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pekkoraft.coordination.HoldingEvent.Assigned;
import io.pekkoraft.coordination.HoldingEvent.Granted;
import io.pekkoraft.coordination.HoldingEvent.HandOver;
import io.pekkoraft.coordination.HoldingEvent.Located;
import io.pekkoraft.coordination.HoldingEvent.Refused;
import io.pekkoraft.coordination.Wishes.Instance;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who is given what, and when names move. */
class GivingTest {
  private static final long TTL = 3_000;

  private final CoordinationWorld world = new CoordinationWorld();
  private final Holding a = session("a");
  private final Holding b = session("b");

  @BeforeEach
  void lead() {
    world.lead(7);
  }

  private void stopAndRelease(Holding session, String name) {
    Long token = session.token(name);
    if (token != null) {
      session.released(name, token);
    }
  }

  @Test
  void names_are_spread_over_those_that_offer_them() {
    for (String name : List.of("n1", "n2", "n3", "n4", "n5")) {
      a.offer(name);
      b.offer(name);
    }
    Holding c = session("c");
    c.offer("n5");
    world.run(300, a, b, c);
    assertThat(world.table.view().heldBy(a.id())).hasSize(2);
    assertThat(world.table.view().heldBy(b.id())).hasSize(2);
    assertThat(world.holder("n1")).isEqualTo(a.id()); // of equals the first by name
    assertThat(world.holder("n5")).isEqualTo(c.id());
  }

  @Test
  void nothing_is_given_to_the_first_before_the_others_had_time_to_attach() {
    a.offer("x");
    world.elapse(149);
    world.meet(a);
    world.tick();
    assertThat(world.proposed).isEmpty();
    world.elapse(1);
    world.tick();
    assertThat(world.proposed).hasSize(1);
  }

  @Test
  void an_uneven_spread_that_lasts_moves_one_name_after_the_other() {
    a.offer("n1");
    a.offer("n2");
    a.offer("n3");
    a.offer("n4");
    world.run(300, a, b);
    b.offer("n1");
    b.offer("n2");
    b.offer("n3");
    b.offer("n4");
    assertThat(world.run(REBALANCE_AFTER - 100, a, b)).isEmpty();
    List<HoldingEvent> events = world.run(200, a, b);
    assertThat(events).containsExactly(new HandOver("n1", 101));
    assertThat(world.holds(a, "n1")).isTrue(); // until it has stopped
    stopAndRelease(a, "n1");
    world.run(300, a, b);
    assertThat(world.holder("n1")).isEqualTo(b.id());
    stopAndRelease(a, "n2");
    world.run(300, a, b);
    assertThat(world.holder("n2")).isEqualTo(b.id());
    world.run(3 * REBALANCE_AFTER, a, b);
    assertThat(world.table.view().heldBy(a.id())).hasSize(2);
  }

  @Test
  void what_is_released_goes_to_another_without_a_wait() {
    a.offer("x");
    b.offer("x");
    world.run(300, a, b);
    a.withdraw("x");
    stopAndRelease(a, "x");
    assertThat(world.run(50, a, b)).hasOnlyElementsOfType(Assigned.class).hasSize(1);
    assertThat(world.holder("x")).isEqualTo(b.id());
  }

  @Test
  void what_is_released_and_wanted_by_nobody_is_removed() {
    a.offer("x");
    world.run(300, a, b);
    a.withdraw("x");
    stopAndRelease(a, "x");
    world.run(100, a, b);
    assertThat(world.holder("x")).isNull();
    assertThat(a.hasHandedOverAll()).isTrue();
  }

  @Test
  void whoever_is_leaving_is_given_nothing() {
    a.offer("x");
    a.leave();
    world.run(300, a, b);
    assertThat(world.holder("x")).isNull();
    b.offer("x");
    world.run(100, a, b);
    assertThat(world.holder("x")).isEqualTo(b.id());
  }

  @Test
  void a_silent_session_is_given_nothing() {
    a.offer("x");
    world.meet(a);
    world.elapse(400);
    world.meet(b);
    world.tick();
    world.tick();
    assertThat(world.proposed).isEmpty();
  }

  // --- leases

  @Test
  void a_lease_is_had_by_one_and_refused_to_others_with_its_owner() {
    a.acquire("l", "one", nanos(TTL), nanos(world.now));
    world.meet(a);
    b.acquire("l", "two", nanos(TTL), nanos(world.now));
    world.meet(b); // it is being decided: no answer yet
    world.commit();
    assertThat(world.meet(a)).containsExactly(new Granted("l", "one", 101));
    world.elapse(1);
    assertThat(world.meet(b)).containsExactly(new Refused("l", "two", "one"));
    b.acquire("l", "one", nanos(TTL), nanos(world.now));
    world.elapse(1);
    assertThat(world.meet(b)).containsExactly(new Refused("l", "one", "one"));
    a.acquire("l", "two", nanos(TTL), nanos(world.now));
    world.elapse(1);
    assertThat(world.meet(a)).containsExactly(new Refused("l", "two", "one"));
  }

  @Test
  void the_same_owner_waits_for_its_older_session_and_then_has_it() {
    a.acquire("l", "one", nanos(TTL), nanos(world.now));
    world.run(100, a);
    long silentSince = world.now;
    world.elapse(400);
    Holding later = new Holding(new SessionId(a.id().name(), 2));
    later.acquire("l", "one", nanos(TTL), nanos(world.now));
    b.acquire("l", "two", nanos(TTL), nanos(world.now));
    assertThat(world.run(100, b)).containsExactly(new Refused("l", "two", "one"));
    List<HoldingEvent> events = world.run(2_550, later);
    assertThat(events).isEmpty();
    assertThat(world.now - silentSince).isLessThan(TTL + GRACE);
    assertThat(world.run(100, later)).hasOnlyElementsOfType(Granted.class).hasSize(1);
  }

  @Test
  void a_lease_that_is_given_back_is_free() {
    a.acquire("l", "one", nanos(TTL), nanos(world.now));
    world.run(100, a);
    long since = nanos(world.now);
    stopAndRelease(a, "l");
    assertThat(a.isGone("l", since)).isFalse();
    world.run(150, a);
    assertThat(a.isGone("l", since)).isTrue();
    assertThat(world.holder("l")).isNull();
  }

  @Test
  void what_is_under_way_is_not_yet_gone() {
    long since = nanos(world.now);
    a.acquire("l", "one", nanos(TTL), nanos(world.now));
    world.meet(a);
    a.forget("l");
    world.elapse(1);
    world.meet(a);
    world.elapse(1);
    world.meet(a);
    assertThat(a.isGone("l", since)).isFalse();
    world.commit();
    assertThat(world.run(200, a)).isEmpty(); // it is given back at once
    assertThat(a.isGone("l", since)).isTrue();
    assertThat(world.holder("l")).isNull();
  }

  @Test
  void a_time_to_live_has_a_least_and_a_most() {
    for (long wrong : new long[] {0, -1, 999_999, nanos(86_400_001)}) {
      assertThatThrownBy(() -> a.acquire("l", "one", wrong, 0))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("1 ms to a day");
    }
  }

  // --- where names act

  @Test
  void watchers_learn_where_a_name_acts_and_keep_it_over_a_change_of_the_leader() {
    a.offer("x");
    b.watch("x");
    world.run(300, a, b);
    a.acting("x", 101, "path");
    assertThat(world.run(100, a, b))
        .containsExactly(new Located("x", new Instance("x", 101, "path")));
    world.grants = new Grants(SETTINGS, world.table::view, 0);
    world.lead(8);
    assertThat(world.run(100, b)).isEmpty(); // a has not attached yet
    assertThat(world.run(1_000, a, b)).isEmpty();
    assertThat(world.run(1_000, b)).containsExactly(new Located("x", new Instance("x", 101, "")));
  }
}
