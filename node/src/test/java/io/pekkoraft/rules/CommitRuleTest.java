package io.pekkoraft.rules;

import static io.pekkoraft.state.States.log;
import static io.pekkoraft.state.States.state;
import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.state.NodeState;
import io.pekkoraft.state.RaftEvent;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CommitRuleTest {
  private static long decide(NodeState leader, long n0, long n1, long n2) {
    Map<String, Long> match = Map.of("n0", n0, "n1", n1, "n2", n2);
    return CommitRule.decide(leader, voter -> match.getOrDefault(voter.value(), 0L));
  }

  /**
   * Figure 8: in (c) entry 2 of term 2 is on a majority, and still may be overwritten, as in (d).
   */
  @Test
  void an_entry_of_an_earlier_term_is_not_committed_by_counting() {
    NodeState leader = state(4, 1, 2);
    leader.commitTo(1);
    assertThat(decide(leader, 2, 2, 1)).isEqualTo(1);

    leader.apply(new RaftEvent.EntriesAppended(log(1, 2, 4).subList(2, 3)));
    assertThat(decide(leader, 3, 2, 1)).isEqualTo(1);
    assertThat(decide(leader, 3, 3, 1)).isEqualTo(3); // (e): with it all before it
  }

  @Test
  void a_commit_index_never_falls() {
    NodeState leader = state(1, 1, 1, 1);
    leader.commitTo(3);
    assertThat(decide(leader, 3, 1, 1)).isEqualTo(3);
  }

  @Test
  void the_leaders_own_copy_is_not_needed() { // thesis 10.2.1
    assertThat(decide(state(1, 1, 1), 0, 2, 2)).isEqualTo(2);
  }
}
