package io.pekkoraft.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.log.NodeId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The hold-off and the lease that rests on it, wherever the clock's zero is. */
class TimeRulesTest {
  private static final NodeId A = NodeId.of("a");
  private static final NodeId B = NodeId.of("b");

  @ParameterizedTest
  @ValueSource(longs = {0, -1_000, 5_000, Long.MAX_VALUE - 500, Long.MIN_VALUE})
  void no_vote_within_an_election_timeout_of_a_leaders_word(long heard) {
    assertThat(HoldOffRule.permits(B, A, heard, heard + 999, 1_000)).isFalse();
    assertThat(HoldOffRule.permits(B, A, heard, heard + 1_000, 1_000)).isTrue();
    assertThat(HoldOffRule.permits(B, null, heard, heard + 999, 1_000)).isFalse();
    assertThat(HoldOffRule.permits(A, A, heard, heard, 1_000)).isTrue(); // it is the leader itself
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1_000, Long.MAX_VALUE - 500, Long.MIN_VALUE})
  void a_lease_ends_before_any_voter_may_vote(long sent) {
    long lease = LeaderLease.durationNanos(1_000, 0.1);
    assertThat(lease).isEqualTo(818);
    assertThat(LeaderLease.holds(sent, sent + lease - 1, lease)).isTrue();
    assertThat(LeaderLease.holds(sent, sent + lease, lease)).isFalse();
  }

  /** Leader's clock slow by the bound, voter's fast by it. */
  @Test
  void the_bound_of_both_clocks_is_in_the_lease() {
    long lease = LeaderLease.durationNanos(1_000_000, 0.1);
    double leaseInTrueTime = lease / 0.9;
    double holdOffInTrueTime = 1_000_000 / 1.1;
    assertThat(leaseInTrueTime).isLessThanOrEqualTo(holdOffInTrueTime);
  }
}
