package io.pekkoraft.log;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The members whose votes and acknowledgements count (Raft 6).
 *
 * @param voters at least one, sorted by id, no id twice
 */
public record Configuration(List<Member> voters) {

  /**
   * @throws IllegalArgumentException if there is no voter or an id is there twice
   */
  public Configuration {
    if (voters.isEmpty()) {
      throw new IllegalArgumentException("a group needs at least one voter");
    }
    voters = voters.stream().sorted(Comparator.comparing(Member::id)).toList();
    Set<NodeId> seen = new HashSet<>();
    for (Member voter : voters) {
      if (!seen.add(voter.id())) {
        throw new IllegalArgumentException("member '" + voter.id() + "' is listed twice");
      }
    }
  }

  /** The member of this id, or null. */
  public @Nullable Member member(NodeId id) {
    for (Member voter : voters) {
      if (voter.id().equals(id)) {
        return voter;
      }
    }
    return null;
  }

  public boolean isVoter(NodeId id) {
    return member(id) != null;
  }

  /** How many voters are a majority. */
  public int quorum() {
    return voters.size() / 2 + 1;
  }
}
