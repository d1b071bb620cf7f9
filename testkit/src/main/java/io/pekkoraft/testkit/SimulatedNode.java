package io.pekkoraft.testkit;

import io.pekkoraft.api.RaftStatus;
import io.pekkoraft.log.JournalEvent.Founded;
import io.pekkoraft.log.Member;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.message.NodeCommand;
import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.role.NodeIdentity;
import io.pekkoraft.role.NodeRuntime;
import io.pekkoraft.role.Recovering;
import io.pekkoraft.role.Role;
import io.pekkoraft.state.NodeState;
import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.pekko.actor.typed.Behavior;
import org.jspecify.annotations.Nullable;

/**
 * A member on its machine. The machine has a disk and a clock that outlive crashes; the process has
 * the production role, its runtime and a state machine, all of which a crash takes away.
 */
public final class SimulatedNode {
  private final Simulation simulation;
  private final int index;
  private Member member;
  private SimulatedDisk disk;
  private final SimulatedClock clock;
  private final Deque<EventQueue.Event> backlog = new ArrayDeque<>();

  private @Nullable SimulatedProcess process;
  private @Nullable NodeRuntime runtime;
  private @Nullable Role role;
  private boolean damaged;
  private @Nullable SimulatedDisk lost;
  private boolean paused;
  private long pausedNanos;

  SimulatedNode(
      Simulation simulation, int index, Member member, SimulatedDisk disk, SimulatedClock clock) {
    this.simulation = simulation;
    this.index = index;
    this.member = member;
    this.disk = disk;
    this.clock = clock;
  }

  int index() {
    return index;
  }

  public NodeId id() {
    return member.id();
  }

  Member member() {
    return member;
  }

  SimulatedDisk disk() {
    return disk;
  }

  SimulatedClock clock() {
    return clock;
  }

  /** Of its data directory; another than the group admitted if the disk was lost. */
  long incarnation() {
    return member.incarnation();
  }

  /** True if it takes no part any more, whatever happens, until it is admitted anew. */
  boolean isOut() {
    return damaged || lost != null;
  }

  /** What its votes and acknowledgements rested on; of a wiped disk, which gives no more. */
  SimulatedDisk promised() {
    return lost == null ? disk : lost;
  }

  boolean isDamaged() {
    return damaged;
  }

  /** What is on disk cannot be read from now on. Only while it does not run. */
  void damaged() {
    damaged = true;
    simulation.note(this, "its log is damaged");
  }

  /** What its own clock shows now. */
  long localNanos() {
    return clock.at(simulation.nowNanos());
  }

  // --- the process

  /** Starts a new life. */
  public void start() {
    if (process != null) {
      throw new IllegalStateException(id() + " runs already");
    }
    long life = simulation.random().nextLong() | 1;
    SimulatedProcess started = new SimulatedProcess(simulation, this, life);
    process = started;
    simulation.invariants().started(this, life);
    simulation.note(this, "starts");
    NodeIdentity identity =
        new NodeIdentity(
            simulation.group(), id(), member.incarnation(), life, simulation.configuration());
    NodeRuntime fresh =
        new NodeRuntime(
            identity, simulation.settings(), simulation.tampering().portsFor(this, started));
    runtime = fresh;
    role = new Recovering(fresh);
    simulation.tell(listener -> listener.processChanged(this));
    if (damaged) {
      simulation.invariants().expectFailure(this);
    }
    started.recover();
    simulation.processStarted(this);
  }

  /** Ends the process at once; what the disk has not got is gone, but for the toss of a coin. */
  public void crash() {
    SimulatedProcess dying = process;
    if (dying == null) {
      return;
    }
    simulation.counters().add(Counters.Kind.CRASH);
    simulation.note(this, "crashes");
    dying.crash();
    disk.crash();
    process = null;
    runtime = null;
    role = null;
    paused = false;
    backlog.forEach(simulation::tellMissed);
    backlog.clear();
    simulation.tell(listener -> listener.processChanged(this));
  }

  /**
   * The disk of a member that is down is lost, and its data directory is made anew: with another
   * incarnation.
   */
  void wipe() {
    if (isRunning()) {
      throw new IllegalStateException(id() + " runs");
    }
    simulation.note(this, "loses its disk");
    lost = disk;
    long incarnation = member.incarnation() + 1_000;
    member = new Member(id(), incarnation, member.address());
    disk =
        new SimulatedDisk(
            new Founded(simulation.group(), id(), incarnation, simulation.configuration()));
    simulation.invariants().wiped(this);
  }

  public boolean isRunning() {
    return process != null;
  }

  @Nullable SimulatedProcess process() {
    return process;
  }

  SimulatedProcess running() {
    SimulatedProcess running = process;
    if (running == null) {
      throw new IllegalStateException(id() + " does not run");
    }
    return running;
  }

  /** True if an event of this life still concerns it. */
  boolean lives(long life) {
    SimulatedProcess running = process;
    return running != null && (life == EventQueue.ANY_LIFE || life == running.life());
  }

  // --- pauses

  /** Stops the process, not the time: what happens to it meanwhile happens when it goes on. */
  public void pause() {
    if (isRunning()) {
      simulation.counters().add(Counters.Kind.PAUSE);
      simulation.note(this, "is paused");
      paused = true;
      pausedNanos = simulation.nowNanos();
      simulation.tell(listener -> listener.processChanged(this));
    }
  }

  boolean isPaused() {
    return paused;
  }

  /** When it was paused last. */
  long pausedNanos() {
    return pausedNanos;
  }

  public void resume() {
    if (!paused) {
      return;
    }
    paused = false;
    simulation.note(this, "goes on");
    simulation.tell(listener -> listener.processChanged(this));
    while (!backlog.isEmpty()) {
      EventQueue.Event event = backlog.removeFirst();
      EventQueue.Event now =
          simulation.scheduleAt(simulation.nowNanos(), this, event.life(), event.what());
      if (event.what() instanceof NodeCommand.Timeout timer) {
        running().waited(timer, event, now);
      }
      simulation.tell(listener -> listener.waited(event.sequence(), now.sequence()));
    }
  }

  /** True if the event has to wait for the process to go on. */
  boolean defers(EventQueue.Event event) {
    if (paused) {
      backlog.addLast(event);
    }
    return paused;
  }

  // --- the role

  /** Hands the role a command, as its actor would. */
  void deliver(NodeCommand command) {
    Role before = role;
    if (before == null) {
      return;
    }
    NodeCommand handed = command;
    if (command instanceof Envelope envelope) {
      simulation.invariants().arrives(this, envelope);
      handed = simulation.tampering().handed(this, envelope);
    }
    Behavior<NodeCommand> next = Behavior.interpretMessage(before, null, handed);
    if (next instanceof Role changed) {
      role = changed;
    }
    if (command instanceof Envelope envelope) {
      simulation.invariants().handled(this, envelope);
    }
  }

  /** Its role; {@code FAILED} too while no process runs. */
  public RaftStatus.Role kind() {
    Role present = role;
    return present == null ? RaftStatus.Role.FAILED : present.kind();
  }

  public boolean isLeader() {
    return kind() == RaftStatus.Role.LEADER;
  }

  /** What the process knows; only while it runs. */
  public NodeState state() {
    NodeRuntime present = runtime;
    if (present == null) {
      throw new IllegalStateException(id() + " does not run");
    }
    return present.state();
  }

  /** The same, or null while it does not run. */
  @Nullable NodeState known() {
    NodeRuntime present = runtime;
    return present == null ? null : present.state();
  }

  /** What the member says about itself. */
  public RaftStatus status() {
    RaftStatus[] answer = new RaftStatus[1];
    deliver(new NodeCommand.GetStatus(status -> answer[0] = status));
    if (answer[0] == null) {
      throw new IllegalStateException(id() + " does not run");
    }
    return answer[0];
  }

  @Override
  public String toString() {
    if (!isRunning()) {
      return id() + ": down";
    }
    NodeState state = state();
    return id()
        + ": "
        + kind()
        + " term "
        + state.term()
        + " "
        + state.log()
        + " commit "
        + state.commitIndex()
        + (paused ? " (paused)" : "");
  }
}
