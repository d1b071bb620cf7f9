package io.pekkoraft.testkit;

import io.pekkoraft.api.Leadership;
import io.pekkoraft.api.Outcome;
import io.pekkoraft.api.RaftStatus;
import io.pekkoraft.log.ChainHash;
import io.pekkoraft.log.HardState;
import io.pekkoraft.log.JournalEvent.LogBatch;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.role.NodePorts;
import io.pekkoraft.role.NodeSettings;
import io.pekkoraft.state.RaftLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A simulated group on which a script plays: members by name, and all that a script can do to them.
 * Without a seed nothing is left to chance: each member has its own election timeout, disks take
 * 0.2 ms, messages 1 ms.
 */
public final class Stage {
  private static final long DISK_NANOS = 200_000;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final Simulation simulation;
  private final boolean scripted;
  private final Map<String, long[]> timeouts = new HashMap<>();
  private final NaiveGroup naive;
  private final StageMessages messages;

  /**
   * No member runs yet.
   *
   * @param size members, called a, b, c…
   * @param seed what chance decides is drawn from this; 0: nothing is left to chance
   */
  public Stage(int size, NodeSettings settings, long seed, String replay) {
    this.simulation = new Simulation(size, settings, 0, Math.max(seed, 1), replay);
    this.scripted = seed == 0;
    this.naive = new NaiveGroup(simulation);
    this.messages = new StageMessages(simulation);
    if (scripted) {
      simulation.setDisk(DISK_NANOS, DISK_NANOS + 1);
    }
    simulation.tampering().withPorts(this::portsOf);
    simulation.tampering().atTheDoor(naive::atTheDoor);
  }

  private NodePorts portsOf(SimulatedNode node, NodePorts honest) {
    RandomGenerator random = honest.random();
    if (scripted || timeouts.containsKey(node.id().value())) {
      long base = simulation.electionTimeoutNanos();
      long usual = base + (node.index() + 1) * base / 10;
      random =
          new ScriptedTimeouts(base, timeouts.getOrDefault(node.id().value(), new long[] {usual}));
    }
    return new ScriptedPorts(
        honest, random, envelope -> leaves(node, envelope), time -> naive.clock(node, time));
  }

  /** Says whether an honest port is to send it. */
  private boolean leaves(SimulatedNode node, Envelope envelope) {
    return simulation.configuration().member(envelope.header().to()) != null
        && !naive.answers(node, envelope);
  }

  public Simulation simulation() {
    return simulation;
  }

  public StageMessages messages() {
    return messages;
  }

  /** Tells {@code line} what happens, of the kinds it shows. */
  public StageTrace trace(Consumer<String> line) {
    StageTrace trace = new StageTrace(simulation, line);
    simulation.listen(trace);
    return trace;
  }

  // --- before the members start

  /** How long a member waits for a leader, time after time; the last one for ever. */
  public void timeouts(String member, List<Duration> each) {
    timeouts.put(member, each.stream().mapToLong(Duration::toNanos).toArray());
  }

  /** Every round of asking is answered at once, in everybody's name: yes. */
  public void withoutPreVote() {
    naive.withoutPreVote();
  }

  /** Whoever is asked for a vote forgets that it hears a leader. */
  public void withoutHoldOff() {
    naive.withoutHoldOff();
  }

  /** Says in elections that its log is the longest there is. */
  public void lies(String member) {
    simulation.invariants().expectLies(node(member));
    messages.lies(node(member).id());
  }

  /** What is on the disk of a member that is down: a log whose entries have these terms. */
  public void writeLog(String member, List<Long> terms) {
    List<LogEntry> entries = new ArrayList<>();
    long hash = ChainHash.EMPTY;
    for (long term : terms) {
      LogEntry entry =
          LogEntry.following(hash, entries.size() + 1L, term, LogEntry.Kind.NO_OP, new byte[0]);
      entries.add(entry);
      hash = entry.hash();
    }
    SimulatedDisk disk = node(member).disk();
    long newest = terms.isEmpty() ? 0 : terms.get(terms.size() - 1);
    HardState before = disk.hardState();
    HardState after = before.term() >= newest ? before : new HardState(newest, null);
    disk.add(new LogBatch(after, null, 0, entries));
  }

  /** A term, and perhaps a vote in it, on the disk of a member that is down. */
  public void writeTerm(String member, long term, @Nullable String vote) {
    NodeId votedFor = vote == null ? null : NodeId.of(vote);
    node(member).disk().add(new LogBatch(new HardState(term, votedFor), null, 0, List.of()));
  }

  // --- members

  public SimulatedNode node(String member) {
    return simulation.node(NodeId.of(member));
  }

  public List<String> members() {
    return simulation.nodes().stream().map(node -> node.id().value()).toList();
  }

  public void start(String member) {
    node(member).start();
  }

  /**
   * @param kept what becomes of a write in flight; null: chance decides
   */
  public void crash(String member, @Nullable Boolean kept) {
    if (kept != null) {
      node(member).running().decideInFlight(kept);
    }
    node(member).crash();
  }

  public void wipe(String member) {
    node(member).wipe();
  }

  /** Its clock runs so much faster than time from now on; slower, if negative. */
  public void clock(String member, double faster) {
    node(member).clock().runAt(1 + faster, simulation.nowNanos());
    if (Math.abs(faster) > simulation.settings().driftBound()) {
      simulation.expectNoLeases();
    }
  }

  // --- disks

  public void holdWrites(String member) {
    node(member).running().holdWrites();
  }

  public void releaseWrites(String member) {
    node(member).running().releaseWrites();
  }

  /**
   * @param stored whether it is on the disk nevertheless
   */
  public void failNextWrite(String member, boolean stored) {
    node(member).running().decideInFlight(stored);
    node(member).running().failNextWrite();
  }

  /** Each access to its disk takes about so long, at most 5 s. */
  public void slowDisk(String member, Duration time) {
    node(member).running().slowDisk(Math.max(1, time.toNanos() / DISK_NANOS));
  }

  /** How long a state machine takes for one task. */
  public void applyTakes(Duration time) {
    simulation.setApply(time.toNanos());
  }

  // --- links

  public void cut(String from, String to) {
    simulation.network().cutOneWay(node(from).index(), node(to).index());
  }

  public void heal(String from, String to) {
    simulation.network().link(node(from).index(), node(to).index()).cut = false;
  }

  /** All links. */
  public void heal() {
    simulation.network().healAll();
  }

  public void latency(String from, String to, Duration time) {
    SimulatedNetwork.Link link = simulation.network().link(node(from).index(), node(to).index());
    link.minDelayNanos = time.toNanos();
    link.maxDelayNanos = time.toNanos();
  }

  /** Loses and doubles so much of what is sent, by chance. */
  public void rates(String from, String to, double lost, double doubled) {
    SimulatedNetwork.Link link = simulation.network().link(node(from).index(), node(to).index());
    link.drop = lost;
    link.duplicate = doubled;
  }

  // --- clients

  /**
   * @param bytes of the command
   * @param then told how it ended
   */
  public Operation propose(String member, int bytes, Duration timeout, Consumer<Outcome> then) {
    byte[] rest = new byte[Math.max(0, bytes - Long.BYTES)];
    return simulation.propose(node(member), rest, 0, timeout, then);
  }

  public TransferOperation transfer(String from, @Nullable String to, Duration timeout) {
    return simulation.transfer(node(from), to == null ? null : NodeId.of(to), timeout);
  }

  // --- time

  /** Called after every event that concerns a member. */
  public void afterEvents(Runnable action) {
    simulation.listen(
        new SimulationListener() {
          @Override
          public void settled(SimulatedNode node) {
            action.run();
          }
        });
  }

  public long nowMillis() {
    return simulation.nowNanos() / NANOS_PER_MILLI;
  }

  public void elapse(Duration time) {
    simulation.elapse(time);
  }

  public boolean await(BooleanSupplier condition, Duration limit) {
    return simulation.await(condition, limit);
  }

  // --- what is so

  public boolean isRunning(String member) {
    return node(member).isRunning();
  }

  public RaftStatus.Role role(String member) {
    return node(member).kind();
  }

  public long term(String member) {
    return node(member).state().term();
  }

  public RaftLog log(String member) {
    return node(member).state().log();
  }

  public long commitIndex(String member) {
    return node(member).state().commitIndex();
  }

  public long snapshotIndex(String member) {
    return node(member).state().snapshotIndex();
  }

  public long appliedIndex(String member) {
    return simulation.invariants().appliedIndex(node(member));
  }

  /** Also of a member that is down. */
  public long lastIndexOnDisk(String member) {
    return node(member).disk().lastIndex();
  }

  /** Also of a member that is down. */
  public long termOnDisk(String member) {
    return node(member).disk().hardState().term();
  }

  /** Also of a member that is down; null: it has voted for nobody in the term that is on disk. */
  public @Nullable String voteOnDisk(String member) {
    NodeId vote = node(member).disk().hardState().votedFor();
    return vote == null ? null : vote.value();
  }

  /** Whether nobody else can lead yet, as far as the member itself can prove. */
  public boolean hasLease(String member) {
    SimulatedProcess process = node(member).process();
    Leadership leadership = process == null ? null : process.leadership();
    return leadership != null && leadership.holds(node(member).localNanos());
  }

  /** What a person needs to find out why something is not as expected. */
  public String report(String expected, String found) {
    return simulation.report(expected, found);
  }

  /** How often something was counted. */
  public long counted(Counters.Kind kind) {
    return simulation.counters().get(kind);
  }

  /** This member may fail or raise an alarm from now on, without failing the run. */
  public void expectAlarm(String member) {
    simulation.invariants().expectFailure(node(member));
  }

  public List<String> alarms(String member) {
    return simulation.invariants().alarms(node(member));
  }

  /** True if these members run, and have the same log, committed, applied and on disk. */
  public boolean isConverged(List<String> members) {
    SimulatedNode first = node(members.get(0));
    if (!first.isRunning()) {
      return false;
    }
    long last = first.state().log().lastIndex();
    long hash = first.state().log().lastHash();
    for (String member : members) {
      SimulatedNode node = node(member);
      boolean same =
          node.isRunning()
              && node.state().log().lastIndex() == last
              && node.state().log().lastHash() == hash
              && node.state().commitIndex() == last
              && appliedIndex(member) == last
              && node.disk().lastIndex() == last;
      if (!same) {
        return false;
      }
    }
    return true;
  }
}
