package io.pekkoraft.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.log.Configuration;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.state.States;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuorumTest {

  /** All ways in which the voters can stand at 0 to 4, against counting. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7})
  void a_majority_has_reached_what_counting_says(int size) {
    Configuration group = States.configuration(size);
    int ways = (int) Math.pow(5, size);
    for (int way = 0; way < ways; way++) {
      long[] values = digits(way, size);
      long reached = Quorum.reachedByMajority(group, voter -> values[place(voter)]);
      if (reached != naive(values)) {
        assertThat(reached).as("%s", values).isEqualTo(naive(values));
      }
    }
  }

  private static long[] digits(int way, int size) {
    long[] values = new long[size];
    for (int i = 0; i < size; i++) {
      values[i] = way % 5;
      way /= 5;
    }
    return values;
  }

  private static int place(NodeId voter) {
    return Integer.parseInt(voter.value().substring(1));
  }

  /** The highest value that more than half have. */
  private static long naive(long[] values) {
    for (long candidate = 4; ; candidate--) {
      int count = 0;
      for (long value : values) {
        count += value >= candidate ? 1 : 0;
      }
      if (2 * count > values.length) {
        return candidate;
      }
    }
  }

  @Test
  void only_voters_count() {
    Configuration group = States.configuration(3);
    Set<NodeId> ids = new HashSet<>(Set.of(NodeId.of("n0"), NodeId.of("stranger")));
    assertThat(Quorum.isMajority(group, ids)).isFalse();
    ids.add(NodeId.of("n1"));
    assertThat(Quorum.isMajority(group, ids)).isTrue();
  }

  @Test
  void half_is_no_majority() {
    assertThat(Quorum.isMajority(States.configuration(2), Set.of(NodeId.of("n0")))).isFalse();
    assertThat(Quorum.isMajority(States.configuration(4), Set.of(NodeId.of("n0"), NodeId.of("n1"))))
        .isFalse();
    assertThat(Quorum.isMajority(States.configuration(1), Set.of(NodeId.of("n0")))).isTrue();
  }

  @Test
  void times_before_zero_are_ordered_too() {
    long[] times = {-300, -100, -200};
    assertThat(Quorum.reachedByMajority(States.configuration(3), voter -> times[place(voter)]))
        .isEqualTo(-200);
  }
}
