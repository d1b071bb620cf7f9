package io.pekkoraft.rules;

import static io.pekkoraft.state.States.log;
import static io.pekkoraft.state.States.state;
import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.log.EntrySlice;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.SnapshotDescriptor;
import io.pekkoraft.rules.AppendRule.Accept;
import io.pekkoraft.rules.AppendRule.Diverged;
import io.pekkoraft.rules.AppendRule.Refuse;
import io.pekkoraft.rules.AppendRule.Verdict;
import io.pekkoraft.state.NodeState;
import io.pekkoraft.state.RaftEvent;
import io.pekkoraft.state.States;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Raft 5.3; Figure 2, AppendEntries, "Receiver implementation" 2 to 4. */
class AppendRuleTest {
  private static final long[] FIGURE_7_LEADER = {1, 1, 1, 4, 4, 5, 5, 6, 6, 6};

  static List<long[]> figure7() {
    return List.of(
        new long[] {1, 1, 1, 4, 4, 5, 5, 6, 6},
        new long[] {1, 1, 1, 4},
        new long[] {1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6},
        new long[] {1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7},
        new long[] {1, 1, 1, 4, 4, 4, 4},
        new long[] {1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3});
  }

  @ParameterizedTest
  @MethodSource("figure7")
  void the_logs_of_figure_7_become_the_leaders(long[] follower) {
    NodeState leader = state(8, append(FIGURE_7_LEADER, 8));
    assertThat(roundTripsUntilEqual(leader, state(8, follower)))
        .isLessThanOrEqualTo(LongStream.of(follower).distinct().count() + 2);
  }

  /** One probe for each term in conflict, not one for each entry. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void the_search_takes_no_more_round_trips_than_terms_in_conflict_and_two(long seed) {
    Random random = new Random(seed);
    for (int run = 0; run < 300; run++) {
      int common = random.nextInt(6);
      long[] shared = new long[common];
      Arrays.fill(shared, 1);
      long[] mine = run(random, shared, 2, 2); // even terms
      long[] others = run(random, shared, 3, 2); // odd terms: no term is of both
      NodeState leader = state(50, append(mine, 50));
      long conflicts = LongStream.of(others).distinct().count();
      assertThat(roundTripsUntilEqual(leader, state(50, others)))
          .as("%s against %s", mine, others)
          .isLessThanOrEqualTo(conflicts + 2);
    }
  }

  private static long[] run(Random random, long[] shared, long firstTerm, int step) {
    long[] terms = shared;
    long term = firstTerm;
    for (int i = random.nextInt(30); i > 0; i--) {
      term += step * (long) random.nextInt(2);
      terms = append(terms, term);
    }
    return terms;
  }

  private static long[] append(long[] terms, long term) {
    long[] longer = Arrays.copyOf(terms, terms.length + 1);
    longer[terms.length] = term;
    return longer;
  }

  /** The leader's half of the search is that of {@code Replication.onAppendReply}. */
  private static long roundTripsUntilEqual(NodeState leader, NodeState follower) {
    long previous = leader.log().lastIndex() - 1;
    for (long trips = 1; trips < 1_000; trips++) {
      EntrySlice slice = leader.log().slice(previous, 1_000, 1_000);
      Verdict verdict = AppendRule.decide(follower, slice);
      if (verdict instanceof Accept accept) {
        if (accept.truncateFrom() > 0) {
          follower.apply(new RaftEvent.LogTruncated(accept.truncateFrom()));
        }
        follower.apply(new RaftEvent.EntriesAppended(accept.append()));
        assertThat(follower.log().lastHash()).isEqualTo(leader.log().lastHash());
        return trips;
      }
      Refuse refuse = (Refuse) verdict;
      assertThat(refuse.index()).isLessThan(previous);
      previous =
          Math.min(
              leader.log().lastIndexWithTermAtMost(refuse.term(), refuse.index()), refuse.index());
    }
    throw new AssertionError("the search does not end");
  }

  // --- what is there already stays

  private static EntrySlice slice(List<LogEntry> log, int previous, int last) {
    NodeState leader = state(99, log.stream().mapToLong(LogEntry::term).toArray());
    return leader.log().slice(previous, last - previous, 1_000);
  }

  @Test
  void a_run_that_is_there_already_changes_nothing_and_cuts_nothing() {
    assertThat(AppendRule.decide(state(1, 1, 1, 1), slice(log(1, 1, 1), 0, 2)))
        .isEqualTo(new Accept(0, List.of()));
    assertThat(AppendRule.decide(state(1, 1, 1, 1), slice(log(1, 1, 1), 1, 1)))
        .isEqualTo(new Accept(0, List.of()));
  }

  @Test
  void only_the_first_conflict_truncates() {
    List<LogEntry> leaders = log(1, 1, 3, 3);
    assertThat(AppendRule.decide(state(3, 1, 1, 2, 2, 2), slice(leaders, 0, 4)))
        .isEqualTo(new Accept(3, leaders.subList(2, 4)));
  }

  @Test
  void a_hole_is_refused() {
    assertThat(AppendRule.decide(state(1, 1), slice(log(1, 1, 1), 2, 3)))
        .isEqualTo(new Refuse(1, 1));
    assertThat(AppendRule.decide(state(1), slice(log(1, 1, 1), 2, 3))).isEqualTo(new Refuse(0, 0));
  }

  @Test
  void what_is_committed_is_never_truncated() {
    NodeState follower = state(3, 1, 1, 2);
    follower.commitTo(3);
    assertThat(AppendRule.decide(follower, slice(log(1, 1, 3), 2, 3))).isInstanceOf(Diverged.class);
    assertThat(AppendRule.decide(follower, slice(log(1, 1, 3, 3), 3, 4)))
        .isInstanceOf(Diverged.class);
  }

  @Test
  void the_same_position_with_another_history_stops_the_node() {
    NodeState follower = state(3, 1, 2);
    EntrySlice honest = slice(log(1, 2, 2), 2, 3);
    EntrySlice other = new EntrySlice(honest.previous(), 12345, honest.entries());
    assertThat(AppendRule.decide(follower, other)).isInstanceOf(Diverged.class);
  }

  // --- around the base

  private static NodeState snapshotAt4() {
    NodeState follower = state(2, 1, 1);
    List<LogEntry> log = log(1, 1, 2, 2, 2);
    follower.apply(
        new RaftEvent.SnapshotInstalled(
            new SnapshotDescriptor(
                log.get(3).position(), log.get(3).hash(), States.configuration(3), "f", 1, "h")));
    return follower;
  }

  @Test
  void a_run_below_at_and_across_the_base_is_accepted() {
    List<LogEntry> leaders = log(1, 1, 2, 2, 2);
    for (int previous = 0; previous <= 4; previous++) {
      for (int last = previous; last <= 5; last++) {
        assertThat(AppendRule.decide(snapshotAt4(), slice(leaders, previous, last)))
            .as("after %d to %d", previous, last)
            .isEqualTo(new Accept(0, last == 5 ? leaders.subList(4, 5) : List.of()));
      }
    }
  }

  @Test
  void a_run_that_contradicts_the_snapshot_stops_the_node() {
    assertThat(AppendRule.decide(snapshotAt4(), slice(log(1, 1, 2, 3), 2, 4)))
        .isInstanceOf(Diverged.class);
    assertThat(AppendRule.decide(snapshotAt4(), slice(log(1, 1, 2, 3, 3), 4, 5)))
        .isInstanceOf(Diverged.class);
  }
}
