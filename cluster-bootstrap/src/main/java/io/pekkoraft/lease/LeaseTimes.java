package io.pekkoraft.lease;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import io.pekkoraft.coordination.CoordinationLimits;
import java.time.Duration;

/** What a lease's durations must be like. {@code reference.conf} explains each key. */
final class LeaseTimes {
  private static final String TIME_TO_LIVE = "heartbeat-timeout";
  private static final String OPERATION_TIMEOUT = "lease-operation-timeout";

  /**
   * A dead leader is missed within two election timeouts at most; the third is for the votes and
   * for being heard again. A lease that lasts longer survives it.
   */
  private static final int ELECTION_TIMEOUTS = 3;

  private LeaseTimes() {}

  /**
   * @param lease the configuration where the lease's class is named
   * @param raft the configuration below {@code pekko-raft}
   * @throws ConfigException naming the key that is wrong, where it stands, and what it may be
   */
  static void check(Config lease, Config raft) {
    Duration electionTimeout = raft.getDuration("election-timeout");
    Duration least = electionTimeout.multipliedBy(ELECTION_TIMEOUTS);
    Duration timeToLive = lease.getDuration(TIME_TO_LIVE);
    if (timeToLive.compareTo(least) < 0) {
      throw bad(
          lease,
          TIME_TO_LIVE,
          "is the time to live of the lease and must be at least "
              + least.toMillis()
              + " ms, "
              + ELECTION_TIMEOUTS
              + " times pekko-raft.election-timeout, as every change of the leader would lose the"
              + " lease otherwise; it is "
              + timeToLive.toMillis()
              + " ms");
    }
    if (timeToLive.toNanos() > CoordinationLimits.MAX_TIME_TO_LIVE_NANOS) {
      throw bad(lease, TIME_TO_LIVE, "is the time to live of the lease and must be at most a day");
    }
    if (lease.getDuration(OPERATION_TIMEOUT).toMillis() <= 0) {
      throw bad(lease, OPERATION_TIMEOUT, "must be positive");
    }
  }

  private static ConfigException bad(Config lease, String key, String problem) {
    return new ConfigException.BadValue(lease.getValue(key).origin(), key, problem);
  }
}
