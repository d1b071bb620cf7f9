package io.pekkoraft.testkit.fullstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pekkoraft.log.Configuration;
import io.pekkoraft.log.GroupIdentity;
import io.pekkoraft.log.HardState;
import io.pekkoraft.log.JournalEvent;
import io.pekkoraft.log.JournalEvent.LogBatch;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.LogPosition;
import io.pekkoraft.log.Member;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.log.SnapshotDescriptor;
import io.pekkoraft.message.Header;
import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.message.PeerMessage;
import io.pekkoraft.persistence.file.Storage;
import io.pekkoraft.testkit.InvariantViolation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Three machines a, b and c without members: what is on their disks, and what they say, comes from
 * a test, and the checks of the whole stack look at it.
 */
final class ForgedGroup {
  /** Four entries of term 1. */
  static final List<LogEntry> LOG = log(0, 1, 1, 1, 1);

  private static final Parcel PARCEL = new Parcel("", null, 0, "", new byte[0]);

  final VirtualWorld world = VirtualWorld.of(1);
  final ClientHistory history = new ClientHistory(world);
  final Map<String, byte[]> files = new HashMap<>();
  private final Map<String, DurableLog> disks = new HashMap<>();
  private final LogMatching matching = new LogMatching(world);
  final DiskChecks checks =
      new DiskChecks(
          world,
          List.of(world.add("a"), world.add("b"), world.add("c")),
          machine -> disks.getOrDefault(machine.name(), read(null)),
          matching,
          history);
  final MessageChecks messages = new MessageChecks(world, matching);
  final ProtocolChecks protocol = new ProtocolChecks(world, checks, messages);

  Machine machine(String name) {
    return world.machine(name);
  }

  /** The first problem that there was is this one. */
  void expect(String invariant) {
    assertThatThrownBy(world::check)
        .isInstanceOfSatisfying(
            InvariantViolation.class,
            violation ->
                assertThat(violation.invariant()).as(violation.getMessage()).isEqualTo(invariant));
  }

  // --- disks

  /**
   * @param payload of each, so that logs with others are others
   * @param terms of the entries, from index 1 on
   */
  static List<LogEntry> log(int payload, int... terms) {
    List<LogEntry> entries = new ArrayList<>();
    long hash = 0;
    for (int term : terms) {
      byte[] command = {(byte) payload};
      entries.add(
          LogEntry.following(hash, entries.size() + 1, term, LogEntry.Kind.COMMAND, command));
      hash = entries.get(entries.size() - 1).hash();
    }
    return entries;
  }

  static LogBatch batch(long term, long truncateFrom, List<LogEntry> entries) {
    return new LogBatch(new HardState(term, null), null, truncateFrom, entries);
  }

  /** As whoever votes for {@code candidate} has it. */
  static LogBatch vote(long term, String candidate) {
    return new LogBatch(new HardState(term, NodeId.of(candidate)), null, 0, List.of());
  }

  static SnapshotDescriptor snapshot(long index) {
    Configuration members = new Configuration(List.of(new Member(NodeId.of("a"), 1, "a")));
    long hash = LOG.get((int) index - 1).hash();
    return new SnapshotDescriptor(new LogPosition(1, index), hash, members, "file", 16, "0");
  }

  DurableLog read(@Nullable SnapshotDescriptor snapshot, JournalEvent... events) {
    Storage storage =
        SimulatedDirectory.of(files).opened("snapshots", SimulatedDirectory.Guard.NONE);
    try {
      return DurableLog.of(snapshot, List.of(events), storage);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** From now on this is on the disk, and is looked at. */
  void stores(String name, DurableLog log) {
    disks.put(name, log);
    Machine machine = machine(name);
    machine.losePower(); // now another look reads it anew
    checks.look(machine);
  }

  void stores(String name, JournalEvent... events) {
    stores(name, read(null, events));
  }

  // --- messages

  /** A message leaves, of the first life of its sender. */
  void says(String from, String to, PeerMessage message) {
    says(from, 1, to, message);
  }

  void says(String from, long life, String to, PeerMessage message) {
    protocol.sent(flight(from, life, to, message));
  }

  Flight flight(String from, long life, String to, PeerMessage message) {
    Header header =
        new Header(
            new GroupIdentity("forged", "group", 1), NodeId.of(from), 1, life, NodeId.of(to), 1, 1);
    return new Flight(1, machine(from), machine(to), new Envelope(header, message), PARCEL);
  }
}
