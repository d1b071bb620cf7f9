package io.pekkoraft.state;

import io.pekkoraft.log.ChainHash;
import io.pekkoraft.log.Configuration;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.Member;
import io.pekkoraft.log.NodeId;
import java.util.ArrayList;
import java.util.List;

/** Logs and states as the paper draws them: a row of terms. */
public final class States {
  private States() {}

  public static Configuration configuration(int voters) {
    List<Member> members = new ArrayList<>();
    for (int i = 0; i < voters; i++) {
      members.add(new Member(NodeId.of("n" + i), 1, "pekko://n" + i));
    }
    return new Configuration(members);
  }

  /** Entries of these terms, from index 1 on; the same terms give the same entries. */
  public static List<LogEntry> log(long... terms) {
    List<LogEntry> entries = new ArrayList<>();
    long hash = ChainHash.EMPTY;
    for (int i = 0; i < terms.length; i++) {
      LogEntry entry =
          LogEntry.following(hash, i + 1, terms[i], LogEntry.Kind.COMMAND, new byte[] {1});
      entries.add(entry);
      hash = entry.hash();
    }
    return entries;
  }

  /** A member of three in {@code term} with a log of these terms. */
  public static NodeState state(long term, long... terms) {
    NodeState state = new NodeState(configuration(3));
    state.apply(new RaftEvent.TermAdvanced(term));
    state.apply(new RaftEvent.EntriesAppended(log(terms)));
    return state;
  }
}
