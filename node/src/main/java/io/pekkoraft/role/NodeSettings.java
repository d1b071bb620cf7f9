package io.pekkoraft.role;

import io.pekkoraft.rules.LeaderLease;
import java.time.Duration;

/**
 * How a node behaves; the same on all members of a group.
 *
 * @param heartbeatInterval how often a leader speaks
 * @param electionTimeout the least time without a leader before a node asks for an election; the
 *     real one is random, up to twice that (Raft 5.2)
 * @param driftBound by how much a clock may run too fast or too slow, as a fraction
 * @param maxAppendEntries entries in one append
 * @param maxAppendBytes payload in one append, unless a single entry has more; well below Artery's
 *     frame
 * @param maxInflightAppends appends to one follower that may be unanswered
 * @param maxCommandBytes a client's command may have so many bytes
 * @param maxUncommittedBytes commands that wait to be committed may have so many bytes in all
 * @param retainedLogBytes the log in memory may take so much before a snapshot is taken
 * @param snapshotPartBytes a snapshot is sent in parts of this size
 */
public record NodeSettings(
    Duration heartbeatInterval,
    Duration electionTimeout,
    double driftBound,
    int maxAppendEntries,
    int maxAppendBytes,
    int maxInflightAppends,
    int maxCommandBytes,
    long maxUncommittedBytes,
    long retainedLogBytes,
    int snapshotPartBytes) {

  /** Heartbeat 50 ms, election timeout 500 ms; the others as in {@code reference.conf}. */
  public static final NodeSettings DEFAULTS =
      new NodeSettings(
          Duration.ofMillis(50),
          Duration.ofMillis(500),
          0.1,
          4096,
          96 * 1024,
          16,
          64 * 1024,
          16L * 1024 * 1024,
          32L * 1024 * 1024,
          96 * 1024);

  /**
   * @throws IllegalArgumentException naming the value that is out of range
   */
  public NodeSettings {
    require(
        heartbeatInterval.compareTo(Duration.ofMillis(1)) >= 0,
        "heartbeat-interval is " + millis(heartbeatInterval) + "; it must be at least 1 ms");
    require(
        electionTimeout.compareTo(heartbeatInterval.multipliedBy(3)) >= 0,
        "election-timeout is "
            + millis(electionTimeout)
            + "; it must be at least three times heartbeat-interval, which is "
            + millis(heartbeatInterval));
    require(
        driftBound >= 0 && driftBound < 0.5,
        "clock-drift-bound is " + driftBound + "; it must be at least 0 and below 0.5");
    require(maxAppendEntries > 0, "max-append-entries must be positive");
    require(maxAppendBytes > 0, "max-append-bytes must be positive");
    require(maxInflightAppends > 0, "max-inflight-appends must be positive");
    require(maxCommandBytes > 0, "max-command-bytes must be positive");
    require(
        maxUncommittedBytes >= maxCommandBytes,
        "max-uncommitted-bytes is "
            + maxUncommittedBytes
            + "; it must hold one command at least, which may have max-command-bytes: "
            + maxCommandBytes);
    require(retainedLogBytes > 0, "retained-log-bytes must be positive");
    require(snapshotPartBytes > 0, "snapshot-part-bytes must be positive");
  }

  private static String millis(Duration duration) {
    return duration.toMillis() + " ms";
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }

  long electionTimeoutNanos() {
    return electionTimeout.toNanos();
  }

  long leaseNanos() {
    return LeaderLease.durationNanos(electionTimeout.toNanos(), driftBound);
  }
}
