package io.pekkoraft.testkit.fullstack;

import io.pekkoraft.api.Outcome;
import io.pekkoraft.api.RaftGroup;
import io.pekkoraft.api.RaftStatus;
import io.pekkoraft.message.PeerMessage;
import io.pekkoraft.message.PeerMessage.ForwardReply;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Asks every member now and then what it thinks of itself. Within one start its term and its commit
 * index never fall, and it knows how far its state machine is (I8); what it says is committed is on
 * a majority's disks (I7); one that has failed knows why, and takes no part any more (I28).
 */
final class StatusChecks {
  private static final long GAP_NANOS = 200_000_000;

  /** So begins the reason of a status that no actor has given. */
  private static final String SILENT = "this member's actor does not answer";

  /** So ends the reason of a member one of whose actors has ended without a word. */
  private static final String UNTOLD = " has stopped";

  private final FullStackCluster cluster;
  private final VirtualWorld world;
  private final Map<RaftGroup, RaftStatus> last = new HashMap<>();
  private final Map<String, RaftGroup> failed = new HashMap<>();
  private long count;
  private int round;

  StatusChecks(FullStackCluster cluster) {
    this.cluster = cluster;
    this.world = cluster.world();
  }

  /** How many answers there were. */
  long count() {
    return count;
  }

  /** What a member has said last since it was started; null if it has said nothing. */
  @Nullable RaftStatus last(String name) {
    return cluster.isRunning(name) ? last.get(cluster.group(name)) : null;
  }

  void begin() {
    world.network().onSend(this::sent);
    next();
  }

  private void next() {
    for (String name : cluster.names()) {
      if (cluster.isRunning(name) && !cluster.machine(name).isPaused()) {
        RaftGroup group = cluster.group(name);
        long applied = cluster.appliedIndex(name);
        group.status().thenAccept(status -> answered(name, group, applied, status));
      }
    }
    // One disk a time: reading it costs more than all the rest.
    List<String> names = cluster.names();
    cluster.disks().look(cluster.machine(names.get(round++ % names.size())));
    world.schedule(GAP_NANOS, this::next);
  }

  /**
   * @param applied how far the state machine was when the member was asked; it told the member
   *     before
   */
  void answered(String name, RaftGroup group, long applied, RaftStatus now) {
    if (now.reason().startsWith(SILENT)) {
      return; // what was known before, not what is
    }
    count++;
    RaftStatus before = last.put(group, now);
    if (now.role() == RaftStatus.Role.FAILED) {
      failed.put(name, group);
      require(name, now, "I28 a failed member knows why", !now.reason().endsWith(UNTOLD));
    } else if (before != null && before.role() == RaftStatus.Role.FAILED) {
      world.violation("I28 a failed member takes no part", name + ": " + before + ", then " + now);
    }
    boolean takesPart =
        now.role() != RaftStatus.Role.FAILED && now.role() != RaftStatus.Role.RECOVERING;
    if (takesPart) {
      cluster.disks().takesPart(cluster.machine(name), now);
    }
    boolean tells = now.role() == RaftStatus.Role.FAILED || now.appliedIndex() >= applied;
    require(name, now, "I8 what is applied is known", tells);
    cluster.disks().committed(cluster.machine(name), now.commitIndex());
    require(
        name, now, "I8 applied at most what is committed", now.appliedIndex() <= now.commitIndex());
    require(name, now, "I8 committed at most what is there", now.commitIndex() <= now.lastIndex());
    require(name, now, "I8 durable at most what is there", now.durableIndex() <= now.lastIndex());
    if (before != null) {
      require(name, now, "I8 the term never falls", now.term() >= before.term());
      require(
          name, now, "I8 the commit index never falls", now.commitIndex() >= before.commitIndex());
    }
  }

  private void sent(Flight flight) {
    String name = flight.from().name();
    RaftGroup group = failed.get(name);
    boolean still = group != null && cluster.isRunning(name) && group.equals(cluster.group(name));
    PeerMessage message = flight.peerMessage();
    if (still && message != null && !isKnownResult(message, last.get(group))) {
      world.violation("I28 a failed member says nothing", flight.toString());
    }
  }

  /**
   * Whether a message tells the result of an entry that was committed before the member failed:
   * that is true whatever became of its storage, and its state machine may still be on the way.
   */
  static boolean isKnownResult(PeerMessage message, @Nullable RaftStatus failed) {
    return failed != null
        && message instanceof ForwardReply reply
        && reply.outcome() instanceof Outcome.Committed committed
        && committed.index() <= failed.commitIndex();
  }

  private void require(String name, RaftStatus status, String what, boolean so) {
    if (!so) {
      world.violation(what, name + ": " + status);
    }
  }
}
