package io.pekkoraft.role;

import io.pekkoraft.api.RaftStatus;
import io.pekkoraft.log.ChainHash;
import io.pekkoraft.log.Configuration;
import io.pekkoraft.log.EntrySlice;
import io.pekkoraft.log.GroupIdentity;
import io.pekkoraft.log.HardState;
import io.pekkoraft.log.JournalEvent.Founded;
import io.pekkoraft.log.JournalEvent.LogBatch;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.LogPosition;
import io.pekkoraft.log.Member;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.message.Header;
import io.pekkoraft.message.NodeCommand;
import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.message.NodeCommand.Timeout;
import io.pekkoraft.message.PeerMessage;
import io.pekkoraft.message.PeerMessage.PreVoteReply;
import io.pekkoraft.message.PeerMessage.PreVoteRequest;
import io.pekkoraft.message.PeerMessage.VoteReply;
import io.pekkoraft.message.VoteVerdict;
import io.pekkoraft.persistence.RecoveredLog;
import io.pekkoraft.state.NodeState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Signal;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * Node {@code a} of a group, moved by hand: heartbeat 100 ms, election timeout 1000 ms. Tests of
 * this module cannot use the test kit's NodeUnderTest, which stands on it; they also look at the
 * role itself, send it signals and fire timers that are not armed.
 */
final class RoleUnderTest {
  static final NodeId A = NodeId.of("a");
  static final NodeId B = NodeId.of("b");
  static final NodeId C = NodeId.of("c");
  static final GroupIdentity GROUP = new GroupIdentity("cluster", "group", 1);
  static final long MILLI = 1_000_000;
  static final long OWN_LIFE = 1;

  static final NodeSettings SETTINGS = settings(16, 1 << 20);

  final RecordingPorts ports;
  final NodeRuntime runtime;
  private final Map<NodeId, Long> lives = new HashMap<>();
  private final Configuration configuration;
  private Behavior<NodeCommand> role;
  private int persisted;

  RoleUnderTest(NodeSettings settings, long startNanos, String... members) {
    ports = new RecordingPorts(startNanos);
    configuration = configuration(members);
    runtime =
        new NodeRuntime(new NodeIdentity(GROUP, A, 1, OWN_LIFE, configuration), settings, ports);
    role = new Recovering(runtime);
  }

  /** A follower with this term and log, its life just begun. */
  static RoleUnderTest follower(long term, LogEntry... log) {
    return recovered(new RoleUnderTest(SETTINGS, 0, "a", "b", "c"), term, log);
  }

  static RoleUnderTest recovered(RoleUnderTest node, long term, LogEntry... log) {
    LogBatch batch = new LogBatch(new HardState(term, null), null, 0, List.of(log));
    return node.recover(List.of(batch));
  }

  RoleUnderTest recover(List<LogBatch> batches) {
    Founded founded = new Founded(GROUP, A, 1, configuration);
    deliver(new NodeCommand.Recovered(new RecoveredLog(founded, null, batches, false)));
    return this;
  }

  /** The leader of the term after {@code term}, elected by all, its own entry on its disk. */
  static RoleUnderTest leader(long term, LogEntry... log) {
    return recovered(new RoleUnderTest(SETTINGS, 0, "a", "b", "c"), term, log).win().persistAll();
  }

  /** Waits, is elected by all others; what it then writes is still on its way. */
  RoleUnderTest win() {
    elapse(2_000);
    fire(Timeout.ELECTION);
    for (Envelope asked : sentOf(PreVoteRequest.class)) {
      PreVoteRequest request = (PreVoteRequest) asked.message();
      from(
          asked.header().to(),
          new PreVoteReply(request.term(), request.round(), VoteVerdict.GRANT));
    }
    persistAll();
    for (Member member : configuration.voters()) {
      if (!member.id().equals(A)) {
        from(member.id(), new VoteReply(state().term(), VoteVerdict.GRANT));
      }
    }
    return this;
  }

  // --- moving

  @SuppressWarnings("NullAway") // a role never touches the context
  void deliver(NodeCommand command) {
    Behavior<NodeCommand> next = ((Role) role).receive(null, command);
    if (next != Behaviors.<NodeCommand>same()) {
      role = next;
    }
  }

  @SuppressWarnings("NullAway") // a role never touches the context
  void signal(Signal signal) {
    ((Role) role).receiveSignal(null, signal);
  }

  void from(NodeId peer, PeerMessage message) {
    deliver(new Envelope(headerFrom(peer), message));
  }

  Header headerFrom(NodeId peer) {
    return new Header(GROUP, peer, 1, lives.getOrDefault(peer, 100L), A, 1, OWN_LIFE);
  }

  void restart(NodeId peer, long life) {
    lives.put(peer, life);
  }

  void elapse(long millis) {
    ports.now += millis * MILLI;
  }

  void fire(Timeout timeout) {
    deliver(timeout);
  }

  /** The write in flight becomes durable. */
  void persist() {
    deliver(new NodeCommand.Persisted(ports.writes.get(persisted++).ticket()));
  }

  RoleUnderTest persistAll() {
    while (persisted < ports.writes.size()) {
      persist();
    }
    return this;
  }

  // --- looking

  Role role() {
    return (Role) role;
  }

  RaftStatus.Role kind() {
    return role().kind();
  }

  NodeState state() {
    return runtime.state();
  }

  List<LogEntry> log() {
    List<LogEntry> entries = new ArrayList<>();
    for (long i = state().log().firstIndex(); i <= state().log().lastIndex(); i++) {
      entries.add(state().log().entry(i));
    }
    return entries;
  }

  List<PeerMessage> sent() {
    return ports.sent.stream().map(Envelope::message).toList();
  }

  List<Envelope> sentOf(Class<? extends PeerMessage> type) {
    return ports.sent.stream().filter(sent -> type.isInstance(sent.message())).toList();
  }

  <T extends PeerMessage> List<T> sentTo(NodeId to, Class<T> type) {
    return ports.sent.stream()
        .filter(sent -> sent.header().to().equals(to))
        .map(Envelope::message)
        .filter(type::isInstance)
        .map(type::cast)
        .toList();
  }

  <T extends PeerMessage> T lastTo(NodeId to, Class<T> type) {
    List<T> all = sentTo(to, type);
    if (all.isEmpty()) {
      throw new AssertionError("no " + type.getSimpleName() + " to " + to + " in " + sent());
    }
    return all.get(all.size() - 1);
  }

  void forgetSent() {
    ports.sent.clear();
  }

  // --- values

  static NodeSettings settings(int maxAppendEntries, long retainedLogBytes) {
    return new NodeSettings(
        Duration.ofMillis(100),
        Duration.ofMillis(1000),
        0.1,
        maxAppendEntries,
        1 << 20,
        3,
        1 << 16,
        1 << 20,
        retainedLogBytes,
        4);
  }

  static Configuration configuration(String... members) {
    List<Member> voters = new ArrayList<>();
    for (String member : members) {
      voters.add(new Member(NodeId.of(member), 1, "pekko://" + member));
    }
    return new Configuration(voters);
  }

  /** A log whose entries have these terms, from index 1 on. */
  static LogEntry[] terms(long... terms) {
    LogEntry[] entries = new LogEntry[terms.length];
    long hash = ChainHash.EMPTY;
    for (int i = 0; i < terms.length; i++) {
      entries[i] =
          LogEntry.following(hash, i + 1, terms[i], LogEntry.Kind.COMMAND, new byte[] {(byte) i});
      hash = entries[i].hash();
    }
    return entries;
  }

  /** The run of {@code log} after index {@code previous} up to {@code last}. */
  static EntrySlice slice(LogEntry[] log, int previous, int last) {
    LogPosition position = previous == 0 ? LogPosition.ZERO : log[previous - 1].position();
    long hash = previous == 0 ? ChainHash.EMPTY : log[previous - 1].hash();
    return new EntrySlice(position, hash, List.of(log).subList(previous, last));
  }
}
