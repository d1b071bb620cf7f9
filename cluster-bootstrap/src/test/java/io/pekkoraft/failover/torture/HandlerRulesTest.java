package io.pekkoraft.failover.torture;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.failover.torture.Violation.Rule;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Times in milliseconds. */
class HandlerRulesTest {
  /** Of the node a, from 5 to 2005. */
  private static final Freeze FREEZE = new Freeze("a", at(5), at(2005));

  private final HandlerRules rules = new HandlerRules(Duration.ofMillis(100));
  private int questions;

  @Test
  void one_instance_after_the_other_is_well() {
    handled(a(0, 10), a(20, 110), b(111, 120));
    assertThat(rules.violations()).isEmpty();
  }

  @Test
  void a_handler_that_starts_after_its_successor_is_found() {
    handled(a(0, 10), b(100, 110), a(111, 112));
    assertBroken(Rule.NO_START_AFTER_SUCCESSOR);
  }

  @Test
  void it_is_found_too_if_the_successor_has_handled_nothing_yet() {
    rules.started(List.of(new Started("b/1/1", 2, at(100))));
    handled(a(111, 112));
    assertBroken(Rule.NO_START_AFTER_SUCCESSOR);
  }

  @Test
  void an_instance_that_starts_after_its_successor_is_found() {
    rules.started(List.of(new Started("a/1/1", 1, at(101)), new Started("b/1/1", 2, at(100))));
    assertBroken(Rule.NO_START_AFTER_SUCCESSOR);
  }

  @Test
  void it_is_found_too_in_a_later_round() {
    handled(b(100, 110));
    handled(a(5000, 5001));
    assertBroken(Rule.NO_START_AFTER_SUCCESSOR);
  }

  @Test
  void overlapping_handlers_are_found() {
    handled(a(0, 90), b(89, 100));
    assertBroken(Rule.NO_OVERLAP);
  }

  @Test
  void a_handler_frozen_inside_is_counted_only() {
    rules.handled(List.of(a(0, 2010), b(1000, 1010)), List.of(FREEZE));
    assertThat(rules.violations()).isEmpty();
    assertThat(rules.frozenInside()).isEqualTo(1);
  }

  @Test
  void the_first_handler_after_a_freeze_may_have_passed_the_gate_before_it() {
    rules.handled(List.of(b(1000, 1010), a(2006, 2010)), List.of(FREEZE));
    assertThat(rules.violations()).isEmpty();
    assertThat(rules.frozenInside()).isEqualTo(1);
  }

  @Test
  void a_freeze_excuses_no_second_handler_that_starts_after_it() {
    rules.handled(List.of(b(1000, 1010), a(2006, 2010), a(2011, 2012)), List.of(FREEZE));
    assertBroken(Rule.NO_START_AFTER_SUCCESSOR);
  }

  @Test
  void nor_one_in_a_later_round() {
    rules.handled(List.of(b(1000, 1010), a(2006, 2010)), List.of(FREEZE));
    rules.handled(List.of(a(2011, 2012)), List.of(FREEZE));
    assertBroken(Rule.NO_START_AFTER_SUCCESSOR);
  }

  @Test
  void nor_any_if_one_was_frozen_inside() {
    rules.handled(List.of(a(0, 2006), b(1000, 1010), a(2007, 2010)), List.of(FREEZE));
    assertBroken(Rule.NO_START_AFTER_SUCCESSOR);
  }

  @Test
  void a_freeze_of_another_node_excuses_nothing() {
    rules.handled(List.of(a(0, 90), b(50, 60)), List.of(new Freeze("b", at(5), at(85))));
    assertBroken(Rule.NO_OVERLAP);
  }

  @Test
  void a_handler_longer_than_the_grace_is_counted_only() {
    handled(a(0, 101), b(100, 110));
    assertThat(rules.violations()).isEmpty();
    assertThat(rules.outlasted()).isEqualTo(1);
  }

  @Test
  void a_question_handled_twice_is_found() {
    Handled first = a(0, 10);
    handled(first, new Handled("b/1/1", 2, at(100), at(101), first.question(), true));
    assertBroken(Rule.AT_MOST_ONCE);
  }

  @Test
  void two_instances_with_one_token_are_found() {
    handled(a(0, 10), new Handled("b/1/1", 1, at(100), at(101), "other", true));
    assertBroken(Rule.OWN_TOKEN);
  }

  @Test
  void one_handler_may_see_its_lease_end_but_no_second_one() {
    Handled once = new Handled("a/1/1", 1, at(0), at(1), "x", false);
    handled(once);
    assertThat(rules.violations()).isEmpty();
    handled(
        new Handled("a/1/1", 1, at(2), at(3), "y", false),
        new Handled("a/1/1", 1, at(4), at(5), "z", false));
    assertBroken(Rule.NO_START_WITHOUT_LEASE);
  }

  @Test
  void on_a_node_that_is_cut_off_no_handler_starts_once_a_lease_is_over() {
    List<Handled> handlers = List.of(a(100, 110), a(590, 600), b(700, 701), a(2001, 2002));
    rules.cutOff(handlers, "a", at(100), at(2000), Duration.ofMillis(500));
    assertThat(rules.violations()).isEmpty();
    rules.cutOff(List.of(a(601, 602)), "a", at(100), at(2000), Duration.ofMillis(500));
    assertBroken(Rule.NO_START_WHEN_CUT_OFF);
  }

  @Test
  void a_resource_that_accepts_a_stale_token_is_found() {
    rules.accessed(List.of(access(2, true), access(1, true)));
    assertBroken(Rule.NO_STALE_ACCESS);
  }

  @Test
  void refusing_a_stale_token_is_what_it_is_for() {
    rules.accessed(List.of(access(1, true), access(2, true), access(1, false)));
    assertThat(rules.violations()).isEmpty();
    assertThat(rules.refused()).isEqualTo(1);
  }

  @Test
  void a_newest_instance_that_is_refused_is_found() {
    rules.accessed(List.of(access(1, true), access(2, false)));
    assertBroken(Rule.RISING_TOKENS);
  }

  private void assertBroken(Rule rule) {
    assertThat(rules.violations()).extracting(Violation::rule).containsExactly(rule);
  }

  private void handled(Handled... handlers) {
    rules.handled(List.of(handlers), List.of());
  }

  private Handled a(long start, long end) {
    return handler("a/1/1", 1, start, end);
  }

  private Handled b(long start, long end) {
    return handler("b/1/1", 2, start, end);
  }

  private Handled handler(String instance, long token, long start, long end) {
    questions++;
    return new Handled(instance, token, at(start), at(end), "q" + questions, true);
  }

  private static Access access(long token, boolean accepted) {
    return new Access(0, token, "i" + token, "q", accepted);
  }

  private static long at(long millis) {
    return Duration.ofMillis(millis).toNanos();
  }
}
