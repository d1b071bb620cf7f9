package io.pekkoraft.rules;

import static io.pekkoraft.state.States.state;
import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.log.LogPosition;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.message.VoteVerdict;
import io.pekkoraft.state.NodeState;
import io.pekkoraft.state.RaftEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VoteRuleTest {
  private static final NodeId B = NodeId.of("b");
  private static final NodeId C = NodeId.of("c");

  /** Raft 5.4.1; the voter's log ends with index 3 of term 4. */
  @ParameterizedTest
  @CsvSource({
    "3, 2, LOG_BEHIND", "3, 3, LOG_BEHIND", "3, 9, LOG_BEHIND",
    "4, 2, LOG_BEHIND", "4, 3, GRANT", "4, 4, GRANT",
    "5, 1, GRANT", "5, 3, GRANT", "5, 4, GRANT"
  })
  void the_later_term_wins_and_in_equal_terms_the_longer_log(
      long lastTerm, long lastIndex, VoteVerdict expected) {
    LogPosition last = new LogPosition(lastTerm, lastIndex);

    assertThat(VoteRule.decide(state(6, 1, 2, 4), B, last)).isEqualTo(expected);
    assertThat(VoteRule.decidePreVote(state(6, 1, 2, 4), 7, last)).isEqualTo(expected);
  }

  @Test
  void a_server_votes_for_at_most_one_candidate_in_a_term() { // Raft 5.2
    NodeState voter = state(6, 1);
    LogPosition last = new LogPosition(5, 5);
    voter.apply(new RaftEvent.VoteCast(6, B));

    assertThat(VoteRule.decide(voter, C, last)).isEqualTo(VoteVerdict.ALREADY_VOTED);
    assertThat(VoteRule.decide(voter, B, last)).isEqualTo(VoteVerdict.GRANT); // it asked again
    voter.apply(new RaftEvent.TermAdvanced(7));
    assertThat(VoteRule.decide(voter, C, last)).isEqualTo(VoteVerdict.GRANT);
  }

  @Test
  void a_pre_vote_is_for_a_term_that_is_still_to_come() { // thesis 9.6
    NodeState voter = state(6, 1);
    voter.apply(new RaftEvent.VoteCast(6, B));
    LogPosition last = new LogPosition(5, 5);

    assertThat(VoteRule.decidePreVote(voter, 6, last)).isEqualTo(VoteVerdict.OLD_TERM);
    assertThat(VoteRule.decidePreVote(voter, 7, last)).isEqualTo(VoteVerdict.GRANT);
  }
}
