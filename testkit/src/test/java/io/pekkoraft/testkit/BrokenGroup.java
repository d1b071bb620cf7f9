package io.pekkoraft.testkit;

import io.pekkoraft.log.Configuration;
import io.pekkoraft.log.EntrySlice;
import io.pekkoraft.log.HardState;
import io.pekkoraft.log.JournalEvent.LogBatch;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.LogPosition;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.log.SnapshotDescriptor;
import io.pekkoraft.message.Header;
import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.message.PeerMessage;
import io.pekkoraft.state.RaftEvent;
import io.pekkoraft.state.RaftLog;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Three members of which one leads and three commands are committed and applied on all. What a test
 * then puts into the memory, the disk or the mouth of one of them is what no honest member would
 * have: the invariants must say so, by name.
 */
final class BrokenGroup {
  final Simulation simulation = new Simulation(3, Cluster.SETTINGS, 0, 1, "InvariantsTest");
  final Invariants invariants = simulation.invariants();
  final SimulatedNode leader;
  final SimulatedNode follower;
  final SimulatedNode other;
  final Operation answered;

  /** The last entry; committed, applied and known to all. */
  final long last;

  final long term;

  BrokenGroup() {
    simulation.nodes().forEach(SimulatedNode::start);
    must(() -> simulation.nodes().stream().anyMatch(SimulatedNode::isLeader));
    leader = simulation.nodes().stream().filter(SimulatedNode::isLeader).findFirst().orElseThrow();
    List<SimulatedNode> others = new ArrayList<>(simulation.nodes());
    others.remove(leader);
    follower = others.get(0);
    other = others.get(1);
    propose();
    propose();
    answered = propose();
    must(() -> answered.isCommitted() && new Recovery(simulation).isConverged());
    last = leader.state().log().lastIndex();
    term = leader.state().term();
  }

  void must(java.util.function.BooleanSupplier condition) {
    if (!simulation.await(condition, Duration.ofSeconds(20))) {
      throw new IllegalStateException("not within 20 s");
    }
  }

  Operation propose() {
    return simulation.propose(leader, 16, Duration.ofSeconds(3));
  }

  void elapse(long millis) {
    simulation.elapse(Duration.ofMillis(millis));
  }

  /** Nothing is heard of this member, and it hears nobody, from now on. */
  void cut(SimulatedNode node) {
    for (SimulatedNode peer : simulation.nodes()) {
      if (peer != node) {
        simulation.network().cut(node.index(), peer.index());
      }
    }
  }

  /** The leader commits one more entry, which the follower does not get. */
  LogEntry commitWithoutFollower() {
    cut(follower);
    propose();
    must(() -> leader.state().commitIndex() == last + 1);
    return leader.state().log().entry(last + 1);
  }

  /** The leader has one more entry, alone. */
  LogEntry appendAlone() {
    cut(leader);
    propose();
    must(() -> leader.state().log().lastIndex() == last + 1);
    return leader.state().log().entry(last + 1);
  }

  // --- what is put into a member's memory

  void record(SimulatedNode node, RaftEvent event) {
    node.state().apply(event);
  }

  void advance(SimulatedNode node) {
    record(node, new RaftEvent.TermAdvanced(node.state().term() + 1));
  }

  /** The next entry of a member's log, as nobody has proposed it. */
  LogEntry forged(SimulatedNode node, long entryTerm, int bytes) {
    RaftLog log = node.state().log();
    return LogEntry.following(
        log.lastHash(), log.lastIndex() + 1, entryTerm, LogEntry.Kind.COMMAND, new byte[bytes]);
  }

  void append(SimulatedNode node, LogEntry entry) {
    record(node, new RaftEvent.EntriesAppended(List.of(entry)));
  }

  /** Behind the back of the state, which refuses to truncate what is committed. */
  void truncate(SimulatedNode node, long from) {
    try {
      Method truncate = RaftLog.class.getDeclaredMethod("truncateFrom", long.class);
      truncate.setAccessible(true);
      truncate.invoke(node.state().log(), from);
    } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException(e);
    }
  }

  /** As if an event at this member were over. */
  void settle(SimulatedNode node) {
    invariants.afterEvent(node, "broken");
  }

  SnapshotDescriptor snapshot(LogPosition position, long hash, Configuration members) {
    return new SnapshotDescriptor(position, hash, members, position.index() + "-x", 1, "none");
  }

  /** Of what is committed at this index. */
  SnapshotDescriptor snapshot(long index) {
    return snapshot(
        new LogPosition(invariants.commits().termAt(index), index),
        invariants.commits().hashAt(index),
        simulation.configuration());
  }

  /** A snapshot is there, and the log is kept all the same. */
  void compacted(SimulatedNode node, SnapshotDescriptor snapshot) {
    record(node, new RaftEvent.LogCompacted(snapshot, 1));
    settle(node);
  }

  // --- what is put on its disk

  LogBatch batch(long durableTerm, NodeId vote) {
    return new LogBatch(new HardState(durableTerm, vote), null, 0, List.of());
  }

  // --- what is put into its mouth

  Envelope envelope(SimulatedNode from, SimulatedNode to, PeerMessage message) {
    return new Envelope(header(from, to, from.running().life(), to.running().life()), message);
  }

  Header header(SimulatedNode from, SimulatedNode to, long fromLife, long toLife) {
    return new Header(
        simulation.group(),
        from.id(),
        from.incarnation(),
        fromLife,
        to.id(),
        to.incarnation(),
        toLife);
  }

  void leaves(SimulatedNode from, SimulatedNode to, PeerMessage message) {
    invariants.leaves(from, envelope(from, to, message));
  }

  EntrySlice slice(long previousIndex, int entries) {
    List<LogEntry> made = new ArrayList<>();
    long hash = 1;
    for (int i = 1; i <= entries; i++) {
      LogEntry entry =
          LogEntry.following(hash, previousIndex + i, 1, LogEntry.Kind.COMMAND, new byte[8]);
      hash = entry.hash();
      made.add(entry);
    }
    return new EntrySlice(new LogPosition(previousIndex == 0 ? 0 : 1, previousIndex), 1, made);
  }
}
