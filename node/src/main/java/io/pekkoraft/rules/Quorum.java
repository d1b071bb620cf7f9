package io.pekkoraft.rules;

import io.pekkoraft.log.Configuration;
import io.pekkoraft.log.Member;
import io.pekkoraft.log.NodeId;
import java.util.Arrays;
import java.util.Set;
import java.util.function.ToLongFunction;

/** Counting voters. */
public final class Quorum {
  private Quorum() {}

  /** True if the voters among {@code ids} are a majority. Whoever is no voter does not count. */
  public static boolean isMajority(Configuration configuration, Set<NodeId> ids) {
    int count = 0;
    for (Member voter : configuration.voters()) {
      if (ids.contains(voter.id())) {
        count++;
      }
    }
    return count >= configuration.quorum();
  }

  /**
   * The highest value that a majority of the voters has reached: sorted, it stands a quorum's size
   * from the top.
   */
  public static long reachedByMajority(Configuration configuration, ToLongFunction<NodeId> value) {
    int size = configuration.voters().size();
    long[] values = new long[size];
    for (int i = 0; i < size; i++) {
      values[i] = value.applyAsLong(configuration.voters().get(i).id());
    }
    Arrays.sort(values);
    return values[size - configuration.quorum()];
  }
}
