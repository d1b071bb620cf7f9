package io.pekkoraft.testkit;

import io.pekkoraft.api.Leadership;
import io.pekkoraft.api.Outcome;
import io.pekkoraft.api.RaftStatus;
import io.pekkoraft.codec.EnvelopeSerializer;
import io.pekkoraft.log.Configuration;
import io.pekkoraft.log.GroupIdentity;
import io.pekkoraft.log.HardState;
import io.pekkoraft.log.JournalEvent.Founded;
import io.pekkoraft.log.JournalEvent.LogBatch;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.Member;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.message.ClientRequest;
import io.pekkoraft.message.Header;
import io.pekkoraft.message.NodeCommand;
import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.message.NodeCommand.Timeout;
import io.pekkoraft.message.PeerMessage;
import io.pekkoraft.role.NodeIdentity;
import io.pekkoraft.role.NodeRuntime;
import io.pekkoraft.role.NodeSettings;
import io.pekkoraft.role.Recovering;
import io.pekkoraft.role.Role;
import io.pekkoraft.state.NodeState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.apache.pekko.actor.typed.Behavior;
import org.jspecify.annotations.Nullable;

/**
 * One node, which is the production code, with nothing around it that moves by itself: every
 * message it hears, every timer, every answer of its disk and every step of its clock comes from
 * the test, one at a time; all it says, writes and arms is written down. The other members are
 * names.
 *
 * <p>It is node {@code a}; its group is what {@link #of} is told. A member's own life ends with
 * {@link #crash}, and begins anew with {@link #recover}, on exactly what was durable. To be used by
 * one thread.
 *
 * <pre>{@code
 * NodeUnderTest node = NodeUnderTest.of(RaftTestKit.SETTINGS, new Random(7), "a", "b", "c");
 * node.recover();
 * node.elapse(Duration.ofSeconds(2));
 * node.fire(Timeout.ELECTION);
 * assertThat(node.role()).isEqualTo(Role.PRE_CANDIDATE);
 * assertThat(node.sentTo("b", PreVoteRequest.class)).hasSize(1);
 * }</pre>
 */
public final class NodeUnderTest {
  private static final NodeId ITSELF = NodeId.of("a");
  private static final long PEERS_LIFE = 100;

  private final GroupIdentity group = new GroupIdentity("simulated", "group", 1);
  private final NodeSettings settings;
  private final Configuration configuration;
  private final HandMovedPorts ports;
  private final SimulatedDisk disk;
  private final Map<String, Long> lives = new HashMap<>();
  private long life;
  private @Nullable NodeRuntime runtime;
  private @Nullable Behavior<NodeCommand> role;

  private NodeUnderTest(NodeSettings settings, RandomGenerator random, String... members) {
    this.settings = settings;
    List<Member> voters = new ArrayList<>();
    for (String member : members) {
      voters.add(new Member(NodeId.of(member), 1, "pekko://" + member));
    }
    this.configuration = new Configuration(voters);
    this.ports = new HandMovedPorts(random);
    this.disk = new SimulatedDisk(new Founded(group, ITSELF, 1, configuration));
  }

  /**
   * A node that does not run yet and whose disk is empty: {@link #put} something there, or {@link
   * #recover} it.
   *
   * @param random where its timeouts come from
   * @param members of the group, {@code a}, which this is, among them
   */
  public static NodeUnderTest of(NodeSettings settings, RandomGenerator random, String... members) {
    if (!List.of(members).contains(ITSELF.value())) {
      throw new IllegalArgumentException("this is node a, but the members are " + List.of(members));
    }
    return new NodeUnderTest(settings, random, members);
  }

  // --- lives

  /** Something is on its disk, from an earlier life. Only while it does not run. */
  public NodeUnderTest put(LogBatch batch) {
    if (runtime != null) {
      throw new IllegalStateException("a runs: what it writes is durable by persist()");
    }
    disk.add(batch);
    return this;
  }

  /** Starts a new life: the node reads its disk. */
  public NodeUnderTest recover() {
    if (runtime != null) {
      throw new IllegalStateException("a runs already");
    }
    life++;
    NodeRuntime fresh =
        new NodeRuntime(new NodeIdentity(group, ITSELF, 1, life, configuration), settings, ports);
    runtime = fresh;
    role = new Recovering(fresh);
    deliver(new NodeCommand.Recovered(disk.read()));
    return this;
  }

  /**
   * The process is gone, and with it its timers and the write under way: what was durable stays. To
   * have that write kept, put it on the disk afterwards: {@link #put}.
   */
  public void crash() {
    running();
    runtime = null;
    role = null;
    ports.crash();
    disk.crash();
  }

  private NodeRuntime running() {
    NodeRuntime present = runtime;
    if (present == null) {
      throw new IllegalStateException("a does not run: recover() starts it");
    }
    return present;
  }

  // --- what the test lets happen

  /** Hands the node anything that it can be handed. */
  public void deliver(NodeCommand command) {
    running();
    Behavior<NodeCommand> present = role;
    if (present != null) {
      Behavior<NodeCommand> next = Behavior.interpretMessage(present, null, command);
      if (next instanceof Role changed) {
        role = changed;
      }
    }
  }

  /** A message of another member's present life. */
  public void hear(String from, PeerMessage message) {
    deliver(new Envelope(headerFrom(from), message));
  }

  /**
   * A message as it comes from the network.
   *
   * @param manifest as {@link EnvelopeSerializer#manifest} gives it
   */
  public void hearBytes(String manifest, byte[] bytes) {
    deliver((Envelope) new EnvelopeSerializer().fromBinary(bytes, manifest));
  }

  /** What stands above a message of this member, to be changed by a test that lies. */
  public Header headerFrom(String peer) {
    return new Header(
        group, NodeId.of(peer), 1, lives.getOrDefault(peer, PEERS_LIFE), ITSELF, 1, life);
  }

  /** Another member has started anew: what it says from now on comes from this life. */
  public void restarted(String peer, long newLife) {
    lives.put(peer, newLife);
  }

  /** Its clock goes on; timers that are due wait for {@link #fire}. */
  public void elapse(Duration time) {
    ports.elapse(time.toNanos());
  }

  /**
   * A timer's message comes now, due or not.
   *
   * @throws IllegalStateException if it is not armed; it says which are
   */
  public void fire(Timeout timer) {
    if (!ports.timers().containsKey(timer)) {
      throw new IllegalStateException(timer + " is not armed; armed are " + ports.timers());
    }
    ports.cancel(timer);
    deliver(timer);
  }

  /**
   * The write under way becomes durable, and the node is told.
   *
   * @throws IllegalStateException if nothing is being written
   */
  public void persist() {
    HandMovedPorts.Write write = ports.endWrite();
    disk.add(write.batch());
    deliver(new NodeCommand.Persisted(write.ticket()));
  }

  /** {@link #persist} until nothing is being written. */
  public void persistAll() {
    while (ports.writing() != null) {
      persist();
    }
  }

  /**
   * The write under way fails.
   *
   * @param stored whether it is on the disk all the same
   */
  public void failWrite(boolean stored, Throwable cause) {
    HandMovedPorts.Write write = ports.endWrite();
    if (stored) {
      disk.add(write.batch());
    }
    deliver(new NodeCommand.StorageFailed(cause));
  }

  /**
   * Hands the oldest entries that are committed and not yet applied to a state machine of the test.
   *
   * @param results gives the answer to each command; told nothing of the protocol's own entries
   * @return what was applied; empty if nothing waited
   */
  public List<LogEntry> apply(Function<LogEntry, byte[]> results) {
    HandMovedPorts.Applying applying = ports.nextApplying();
    if (applying == null) {
      return List.of();
    }
    for (int i = 0; i < applying.entries().size(); i++) {
      LogEntry entry = applying.entries().get(i);
      byte[] result = entry.kind() == LogEntry.Kind.COMMAND ? results.apply(entry) : new byte[0];
      ClientRequest request = applying.requests().get(i);
      if (request != null) {
        request.complete(new Outcome.Committed(entry.index(), result));
      }
    }
    List<LogEntry> entries = applying.entries();
    deliver(new NodeCommand.Applied(entries.get(entries.size() - 1).index()));
    return entries;
  }

  /** A client's command; {@code then} is told its outcome, if it has one. */
  public void propose(byte[] command, Consumer<Outcome> then) {
    deliver(new NodeCommand.Proposals(List.of(new ScriptedRequest(command, then))));
  }

  // --- what the node has said

  /** All that left it, oldest first. */
  public List<Envelope> sent() {
    return List.copyOf(ports.sent());
  }

  /** What left it for this member, of this kind, oldest first. */
  public <M extends PeerMessage> List<M> sentTo(String member, Class<M> kind) {
    return ports.sent().stream()
        .filter(envelope -> envelope.header().to().value().equals(member))
        .map(Envelope::message)
        .filter(kind::isInstance)
        .map(kind::cast)
        .toList();
  }

  public void forgetSent() {
    ports.sent().clear();
  }

  /** The batch that is on its way to the disk, or null. */
  public @Nullable LogBatch writing() {
    HandMovedPorts.Write write = ports.writing();
    return write == null ? null : write.batch();
  }

  /** The timers that are armed, and when, by its own clock, they are due. */
  public Map<Timeout, Long> timers() {
    return Map.copyOf(ports.timers());
  }

  /** What it asked of its snapshot files, oldest first; the test answers. */
  public List<Asked> asked() {
    return List.copyOf(ports.asked());
  }

  /** What it would wake an operator for. */
  public List<String> alarms() {
    return List.copyOf(ports.alarms());
  }

  // --- how it is

  public RaftStatus.Role role() {
    return status().role();
  }

  /** Term, vote, log, commit and snapshot, as its process has them. */
  public NodeState state() {
    return running().state();
  }

  public long term() {
    return state().term();
  }

  /** For whom it voted in its present term, or null. */
  public @Nullable NodeId vote() {
    return state().hardState().votedFor();
  }

  public long commitIndex() {
    return state().commitIndex();
  }

  public long appliedIndex() {
    return status().appliedIndex();
  }

  /** The members, as it counts them now. */
  public Configuration configuration() {
    return status().configuration();
  }

  public @Nullable Leadership leadership() {
    return ports.leadership();
  }

  public RaftStatus status() {
    RaftStatus[] answer = new RaftStatus[1];
    deliver(new NodeCommand.GetStatus(status -> answer[0] = status));
    return answer[0];
  }

  /** The term and vote that a crash now would leave. */
  public HardState durableHardState() {
    return disk.hardState();
  }

  /** The end of the log that a crash now would leave. */
  public long durableLastIndex() {
    return disk.lastIndex();
  }

  /** All batches that a crash now would leave. */
  public List<LogBatch> durableBatches() {
    return disk.read().batches();
  }

  /** What its clock shows. */
  public long clockNanos() {
    return ports.monotonicNanos();
  }
}
