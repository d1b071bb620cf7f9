package io.pekkoraft.testkit;

import io.pekkoraft.api.Outcome;
import io.pekkoraft.log.Configuration;
import io.pekkoraft.log.GroupIdentity;
import io.pekkoraft.log.JournalEvent.Founded;
import io.pekkoraft.log.Member;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.message.NodeCommand;
import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.message.NodeCommand.Timeout;
import io.pekkoraft.role.NodeSettings;
import io.pekkoraft.rules.LeaderLease;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A whole group on virtual time, in one thread, from one seed: the production roles on a simulated
 * network, simulated disks and simulated clocks. The same seed gives the same run, bit for bit.
 * After every event {@link Invariants} looks at all that can have changed.
 */
public final class Simulation {
  private static final int TRACE_LINES = 120;
  private static final int MAX_EVENTS_WAITING = 200_000;

  private final NodeSettings settings;
  private final long electionTimeoutNanos;
  private final SplittableRandom random;
  private final String replay;
  private final GroupIdentity group = new GroupIdentity("simulated", "group", 1);
  private final Configuration configuration;
  private final List<SimulatedNode> nodes = new ArrayList<>();
  private final Map<NodeId, SimulatedNode> byId = new HashMap<>();
  private final EventQueue queue = new EventQueue();
  private final SimulatedNetwork network;
  private final Counters counters = new Counters();
  private final Poison poison = new Poison();
  private final Invariants invariants;
  private final Workload workload = new Workload();
  private final Trace trace = new Trace(TRACE_LINES, workload::describe);
  private final Tampering tampering = new Tampering();
  private final List<TransferOperation> transfers = new ArrayList<>();
  private final List<SimulationListener> listeners = new ArrayList<>();
  private long nowNanos;
  private long events;
  private long maxEvents = Long.MAX_VALUE;
  private long nextOperation = 1;

  private long diskNanosMin = 100_000;
  private long diskNanosMax = 300_000;
  private long applyNanos = 10_000;
  private boolean driftsBeyondBound;
  private Consumer<SimulatedNode> processStarted = node -> {};

  /**
   * @param size members, called a, b, c…
   * @param drift by how much clocks run too fast or too slow, at most, as a fraction
   * @param replay the command that runs this seed again, for the report
   */
  public Simulation(int size, NodeSettings settings, double drift, long seed, String replay) {
    this(size, 0, settings, drift, seed, replay);
  }

  /**
   * @param others machines on the network that run no member
   */
  Simulation(int size, int others, NodeSettings settings, double drift, long seed, String replay) {
    this.driftsBeyondBound = drift > settings.driftBound();
    this.settings = settings;
    this.electionTimeoutNanos = settings.electionTimeout().toNanos();
    this.random = new SplittableRandom(seed);
    this.replay = replay;
    List<Member> members = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      String name = String.valueOf((char) ('a' + i));
      members.add(new Member(NodeId.of(name), 100 + i, "pekko://" + name));
    }
    this.configuration = new Configuration(members);
    this.network = new SimulatedNetwork(this, size + others);
    this.invariants = new Invariants(this);
    for (int i = 0; i < size; i++) {
      add(i, members.get(i), drift);
    }
  }

  private void add(int index, Member member, double drift) {
    SimulatedNode node =
        new SimulatedNode(
            this,
            index,
            member,
            new SimulatedDisk(new Founded(group, member.id(), member.incarnation(), configuration)),
            SimulatedClock.drawn(random, drift));
    nodes.add(node);
    byId.put(member.id(), node);
  }

  /** What is to be started beside each new process of a member. */
  void whenProcessStarts(Consumer<SimulatedNode> also) {
    processStarted = also;
  }

  void processStarted(SimulatedNode node) {
    processStarted.accept(node);
  }

  /** Leases hold nothing in this run: what they rest on is broken on purpose. */
  void expectNoLeases() {
    driftsBeyondBound = true;
  }

  /** True if clocks run worse than the group is told: then leases hold nothing. */
  boolean driftsBeyondBound() {
    return driftsBeyondBound;
  }

  // --- what there is

  NodeSettings settings() {
    return settings;
  }

  long electionTimeoutNanos() {
    return electionTimeoutNanos;
  }

  long leaseNanos() {
    return LeaderLease.durationNanos(electionTimeoutNanos, settings.driftBound());
  }

  GroupIdentity group() {
    return group;
  }

  Configuration configuration() {
    return configuration;
  }

  public List<SimulatedNode> nodes() {
    return nodes;
  }

  /** Null if nobody has this name. */
  @Nullable SimulatedNode member(NodeId id) {
    return byId.get(id);
  }

  SimulatedNode node(NodeId id) {
    SimulatedNode node = byId.get(id);
    if (node == null) {
      throw new IllegalArgumentException("no node " + id);
    }
    return node;
  }

  public SimulatedNetwork network() {
    return network;
  }

  Invariants invariants() {
    return invariants;
  }

  Poison poison() {
    return poison;
  }

  public Counters counters() {
    return counters;
  }

  RandomGenerator random() {
    return random;
  }

  RandomGenerator splitRandom() {
    return random.split();
  }

  public long nowNanos() {
    return nowNanos;
  }

  /** How many events there were. */
  public long events() {
    return events;
  }

  /** Equal for two runs of the same seed, and different for others. */
  public long traceHash() {
    return trace.hash();
  }

  /** Tells this one too what happens, from now on. */
  void listen(SimulationListener listener) {
    listeners.add(listener);
  }

  void tell(Consumer<SimulationListener> what) {
    for (int i = 0; i < listeners.size(); i++) {
      what.accept(listeners.get(i));
    }
  }

  boolean hasListeners() {
    return !listeners.isEmpty();
  }

  /** What the members replicate, and what is proposed to them. */
  Workload workload() {
    return workload;
  }

  /** What is broken on purpose, to see that the invariants notice. */
  Tampering tampering() {
    return tampering;
  }

  // --- how the world is

  void setDisk(long minNanos, long maxNanos) {
    diskNanosMin = minNanos;
    diskNanosMax = maxNanos;
  }

  void setApply(long nanos) {
    applyNanos = nanos;
  }

  long diskLatency() {
    return random.nextLong(diskNanosMin, diskNanosMax);
  }

  long applyLatency() {
    return applyNanos;
  }

  // --- time

  /** A run that goes on for longer makes no progress, and is stopped as a violation. */
  void limitEvents(long max) {
    maxEvents = max;
  }

  EventQueue.Event scheduleAt(long timeNanos, SimulatedNode node, long life, Object what) {
    return queue.add(timeNanos, node, life, what);
  }

  void schedule(long afterNanos, Runnable action) {
    queue.add(nowNanos + afterNanos, null, EventQueue.ANY_LIFE, action);
  }

  /** Lets the next event happen; false if there is none. */
  boolean step() {
    EventQueue.Event event = queue.poll();
    if (event == null) {
      return false;
    }
    nowNanos = event.timeNanos();
    SimulatedNode node = event.node();
    if (node == null) {
      events++;
      trace.mix(nowNanos);
      ((Runnable) event.what()).run();
    } else if (!node.lives(event.life())) {
      tellMissed(event);
    } else if (!node.defers(event)) {
      happens(node, event);
    }
    if (events > maxEvents) {
      throw invariants.violation("a run comes to an end", events + " events");
    }
    if (queue.size() > MAX_EVENTS_WAITING) {
      throw invariants.violation("I31 what is under way is bounded", queue.size() + " events wait");
    }
    return true;
  }

  private void happens(SimulatedNode node, EventQueue.Event event) {
    Object what = event.what();
    if (what instanceof Timeout timer && !node.running().isArmed(event, timer)) {
      return;
    }
    events++;
    if (what instanceof NodeCommand command) {
      trace.add(nowNanos, node, command);
      if (hasListeners()) {
        tellDelivery(event.sequence(), node, command);
      }
      node.deliver(command);
    } else {
      ((Runnable) what).run();
    }
    invariants.afterEvent(node, what);
    trace.mix(nowNanos, node, what);
    if (hasListeners()) {
      tell(listener -> listener.settled(node));
    }
  }

  private void tellDelivery(long flight, SimulatedNode node, NodeCommand command) {
    if (command instanceof Envelope envelope) {
      tell(listener -> listener.arrived(flight, node, envelope));
    } else {
      tell(listener -> listener.handles(node, command));
    }
  }

  void tellMissed(EventQueue.Event event) {
    if (hasListeners() && event.what() instanceof Envelope) {
      tell(listener -> listener.missed(event.sequence()));
    }
  }

  /** Lets time pass. */
  public void elapse(Duration time) {
    runUntil(nowNanos + time.toNanos());
  }

  void runUntil(long timeNanos) {
    for (EventQueue.Event next = queue.peek();
        next != null && next.timeNanos() <= timeNanos;
        next = queue.peek()) {
      step();
    }
    nowNanos = timeNanos;
  }

  /**
   * Lets time pass until something is so.
   *
   * @return false if it was not so within {@code limit}
   */
  public boolean await(BooleanSupplier condition, Duration limit) {
    long end = nowNanos + limit.toNanos();
    while (!condition.getAsBoolean()) {
      EventQueue.Event next = queue.peek();
      if (next == null || next.timeNanos() > end) {
        nowNanos = end;
        return condition.getAsBoolean();
      }
      step();
    }
    return true;
  }

  // --- clients

  /** Proposes a new command of so many bytes, at least 8, through a node. */
  public Operation propose(SimulatedNode node, int bytes, Duration timeout) {
    byte[] rest = workload.anyCommand(random, Math.max(0, bytes - Long.BYTES));
    return propose(node, rest, 0, timeout, outcome -> {});
  }

  /**
   * Proposes a new command: its number, and these bytes.
   *
   * @param onlyInTerm {@link io.pekkoraft.message.ClientRequest#onlyInTerm}
   * @param then told the outcome once
   */
  Operation propose(
      SimulatedNode node, byte[] bytes, long onlyInTerm, Duration timeout, Consumer<Outcome> then) {
    Operation operation = new Operation(this, nextOperation++, node, bytes, onlyInTerm, then);
    invariants.clients().proposed(operation);
    tell(listener -> listener.proposed(operation));
    if (node.isRunning()) {
      scheduleAt(
          nowNanos, node, node.running().life(), new NodeCommand.Proposals(List.of(operation)));
    }
    schedule(timeout.toNanos(), () -> operation.deadline(timeout));
    return operation;
  }

  /**
   * Asks a node to hand its leadership over.
   *
   * @param to null for whom it finds best
   */
  public TransferOperation transfer(SimulatedNode node, @Nullable NodeId to, Duration timeout) {
    TransferOperation operation = new TransferOperation(this, node);
    transfers.add(operation);
    counters.add(Counters.Kind.TRANSFER);
    noteWorld("transfer from " + node.id() + " to " + (to == null ? "anyone" : to));
    if (node.isRunning()) {
      long deadline = node.localNanos() + timeout.toNanos();
      scheduleAt(
          nowNanos,
          node,
          node.running().life(),
          new NodeCommand.TransferLeadership(to, deadline, operation::ended));
    }
    schedule(timeout.toNanos(), operation::deadline);
    return operation;
  }

  List<TransferOperation> transfers() {
    return transfers;
  }

  // --- reports

  void note(SimulatedNode node, String text) {
    trace.add(nowNanos, node, "* " + text);
    tell(listener -> listener.noted(node, text));
  }

  void noteWorld(String text) {
    trace.add(nowNanos, null, "# " + text);
    tell(listener -> listener.notedWorld(text));
  }

  void checkLeases(SimulatedNode committing) {
    if (driftsBeyondBound) {
      return;
    }
    invariants.elections().checkLeases(committing);
  }

  /** The command that runs this seed again. */
  String replay() {
    return replay;
  }

  /** What a person needs to find out why. */
  String report(String invariant, String what) {
    StringBuilder report = new StringBuilder(4096);
    report.append(invariant).append("\n  ").append(what).append("\n  at ");
    report.append(nowNanos / 1e6).append(" ms, event ").append(events);
    report.append("\n  replay: ").append(replay).append('\n');
    for (SimulatedNode node : nodes) {
      report.append("  ").append(node).append('\n');
    }
    report.append("  what led to it:\n");
    trace.lines().forEach(line -> report.append("    ").append(line).append('\n'));
    return report.toString();
  }
}
