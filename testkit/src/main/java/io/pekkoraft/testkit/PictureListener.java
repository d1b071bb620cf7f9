package io.pekkoraft.testkit;

import io.pekkoraft.api.Outcome;
import io.pekkoraft.api.RaftStatus;
import io.pekkoraft.api.TransferOutcome;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.LogPosition;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.message.NodeCommand;
import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.message.VoteVerdict;
import io.pekkoraft.rules.IdentityRule;
import io.pekkoraft.state.NodeState;
import io.pekkoraft.testkit.picture.Cuts;
import io.pekkoraft.testkit.picture.MessageWords;
import io.pekkoraft.testkit.picture.OutcomeWords;
import io.pekkoraft.testkit.picture.Recorder;
import io.pekkoraft.testkit.picture.Recording;
import io.pekkoraft.testkit.picture.Recording.Fate;
import io.pekkoraft.testkit.picture.Recording.Message;
import io.pekkoraft.testkit.picture.Recording.Sort;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tells a {@link Recording} what happens in a simulation. */
final class PictureListener implements SimulationListener, Recorder {
  /** Of a member's state; the page knows these names. */
  static final List<String> FIELDS =
      List.of(
          "process",
          "role",
          "term",
          "vote",
          "leader",
          "last",
          "commit",
          "applied",
          "snapshot",
          "disk last",
          "disk term",
          "disk vote",
          "disk");

  private final Simulation simulation;
  private final Recording recording;
  private final Map<Long, Message> flights = new HashMap<>();
  private final IdentityHashMap<Envelope, Message> held = new IdentityHashMap<>();
  private final IdentityHashMap<Envelope, Message> newest = new IdentityHashMap<>();
  private final Map<Operation, Recording.Operation> operations = new HashMap<>();
  private final @Nullable String[] leaders;
  private final @Nullable Object[] state = new @Nullable Object[FIELDS.size()];
  private final Cuts cuts;

  /** True while a member handles an event: then all that is told belongs to it. */
  private boolean inEvent;

  private int eventLane;

  /** The lane and the time of the step before that, to which more may be added. */
  private int looseLane = Integer.MIN_VALUE;

  private long looseNanos;

  PictureListener(Simulation simulation, int maxSteps) {
    this.simulation = simulation;
    int size = simulation.nodes().size();
    this.leaders = new @Nullable String[size];
    List<String> lanes = simulation.nodes().stream().map(node -> node.id().value()).toList();
    this.recording = new Recording(lanes, FIELDS, MessageWords.KINDS, maxSteps);
    this.cuts = new Cuts(recording);
    step(Recording.WORLD, Sort.NOTE, "recording begins", null);
    simulation.nodes().forEach(this::look);
    linksChanged();
  }

  @Override
  public Recording recording() {
    return recording;
  }

  @Override
  public long nowNanos() {
    return simulation.nowNanos();
  }

  @Override
  public String replay() {
    return simulation.replay();
  }

  // --- steps

  private void step(int lane, Sort sort, String text, @Nullable Message message) {
    newest.clear();
    recording.step(simulation.nowNanos(), lane, sort, text, message);
    looseLane = Integer.MIN_VALUE;
  }

  /** A line in the present event, if there is one; else a step, or a line in the one just begun. */
  private void tell(int lane, Sort sort, String text) {
    if (goesOn(lane)) {
      recording.note(text);
    } else {
      step(lane, sort, text, null);
      looseLane = lane;
      looseNanos = simulation.nowNanos();
    }
  }

  private boolean goesOn(int lane) {
    return inEvent || (looseLane == lane && looseNanos == simulation.nowNanos());
  }

  @Override
  public void arrived(long flight, SimulatedNode node, Envelope envelope) {
    Message message = flights.remove(flight);
    if (message == null) {
      message = message(envelope).asUnsent();
    }
    inEvent = true;
    eventLane = node.index();
    step(node.index(), Sort.MESSAGE, "", message);
  }

  @Override
  public void handles(SimulatedNode node, NodeCommand command) {
    inEvent = true;
    eventLane = node.index();
    step(node.index(), Sort.OWN, words(command), null);
  }

  private static String words(NodeCommand command) {
    if (command instanceof NodeCommand.Timeout timeout) {
      return "timer " + timeout;
    }
    if (command instanceof NodeCommand.Recovered recovered) {
      return "has read its journal: " + recovered.log().batches().size() + " batches";
    }
    if (command instanceof NodeCommand.Persisted persisted) {
      return "its journal says: batch " + persisted.ticket() + " is durable";
    }
    if (command instanceof NodeCommand.StorageFailed failed) {
      return "its journal has failed: " + failed.cause().getMessage();
    }
    if (command instanceof NodeCommand.Proposals) {
      return "draws what clients propose";
    }
    return command instanceof NodeCommand.TransferLeadership transfer
        ? "is asked to hand over to " + (transfer.to() == null ? "anyone" : transfer.to())
        : command.getClass().getSimpleName();
  }

  @Override
  public void settled(SimulatedNode node) {
    if (inEvent || differs(node)) {
      if (!inEvent) {
        tell(node.index(), Sort.OWN, "its state machine and helpers go on");
      }
      look(node);
    }
    inEvent = false;
    looseLane = Integer.MIN_VALUE;
  }

  // --- messages

  private Message message(Envelope envelope) {
    MessageWords.Words words = MessageWords.of(envelope.message(), simulation.workload()::describe);
    SimulatedNode from = simulation.member(envelope.header().from());
    int to = simulation.node(envelope.header().to()).index();
    return recording.sent(
        simulation.nowNanos(),
        words.kind(),
        from == null ? to : from.index(), // a stranger has no lane
        to,
        words.values());
  }

  @Override
  public void underWay(long flight, Envelope envelope, long arrivesNanos) {
    Message message = held.remove(envelope);
    if (message == null) {
      message = message(envelope);
      if (newest.put(envelope, message) != null) {
        message.asCopy();
      }
    } else {
      message.release();
    }
    flights.put(flight, message);
  }

  @Override
  public void lost(Envelope envelope) {
    Message message = held.remove(envelope);
    recording.end(message == null ? message(envelope) : message, Fate.LOST, simulation.nowNanos());
  }

  @Override
  public void held(Envelope envelope) {
    Message message = message(envelope);
    message.hold();
    held.put(envelope, message);
  }

  @Override
  public void missed(long flight) {
    Message message = flights.remove(flight);
    if (message != null) {
      recording.end(message, Fate.NOBODY_THERE, simulation.nowNanos());
    }
  }

  @Override
  public void waited(long flight, long now) {
    Message message = flights.remove(flight);
    if (message != null) {
      message.waited();
      flights.put(now, message);
    }
  }

  @Override
  public void refused(SimulatedNode node, IdentityRule.Verdict verdict) {
    recording.refused();
    recording.note("not let in: " + verdict);
  }

  // --- members

  @Override
  public void roleChanged(
      SimulatedNode node, RaftStatus.Role from, RaftStatus.Role to, long term, String reason) {
    if (to != RaftStatus.Role.LEADER) {
      leaders[node.index()] = null;
    }
    tell(node.index(), Sort.OWN, from + " -> " + to + " in term " + term + ": " + reason);
  }

  @Override
  public void leaderKnown(SimulatedNode node, NodeId leader, long term) {
    leaders[node.index()] = leader.value();
  }

  @Override
  public void voteDecided(
      SimulatedNode node, NodeId candidate, boolean preVote, VoteVerdict verdict) {
    String kind = preVote ? "pre-vote for " : "vote for ";
    tell(node.index(), Sort.OWN, kind + candidate + ": " + verdict);
  }

  @Override
  public void noted(SimulatedNode node, String text) {
    // Changes of the role are told apart.
    if (!text.contains(" -> ") || text.startsWith("alarm")) {
      tell(node.index(), text.startsWith("alarm") ? Sort.NOTE : Sort.FAULT, text);
    }
  }

  @Override
  public void notedWorld(String text) {
    tell(Recording.WORLD, Sort.FAULT, text);
  }

  @Override
  public void processChanged(SimulatedNode node) {
    if (!node.isRunning()) {
      leaders[node.index()] = null;
    }
    if (!goesOn(node.index())) {
      tell(node.index(), Sort.FAULT, node.isRunning() ? "its process goes on" : "its process ends");
    }
    look(node);
  }

  @Override
  public void diskChanged(SimulatedNode node) {
    if (differs(node)) {
      tell(node.index(), Sort.DISK, diskWords(node));
      look(node);
    }
  }

  private static String diskWords(SimulatedNode node) {
    SimulatedProcess process = node.process();
    String trouble = process == null ? "" : process.diskTrouble();
    return trouble.isEmpty() ? "its disk has written" : "its disk: " + trouble;
  }

  @Override
  public void linksChanged() {
    cuts.changed(simulation.nowNanos(), (from, to) -> simulation.network().link(from, to).cut);
  }

  // --- clients

  @Override
  public void proposed(Operation operation) {
    int lane = operation.node().index();
    String text = "operation " + operation.id();
    String command = simulation.workload().describe(operation.command());
    String what = command.isEmpty() ? operation.command().length + " bytes" : command;
    tell(lane, Sort.CLIENT, text + " is proposed: " + what);
    operations.put(operation, recording.asked(simulation.nowNanos(), lane, text));
  }

  @Override
  public void answered(Operation operation, Outcome outcome) {
    Recording.Operation asked = operations.remove(operation);
    if (asked != null) {
      String text = OutcomeWords.of(outcome);
      tell(
          operation.node().index(),
          Sort.CLIENT,
          "operation " + operation.id() + " is answered: " + text);
      recording.answered(simulation.nowNanos(), asked, OutcomeWords.answer(outcome), text);
    }
  }

  /** In the event of whoever commits it first. */
  @Override
  public void committed(LogEntry entry) {
    String command = simulation.workload().describe(entry.payload());
    if (inEvent && !command.isEmpty()) {
      recording.note("index " + entry.index() + " is committed: " + command);
    }
  }

  @Override
  public void transferEnded(SimulatedNode from, TransferOutcome outcome) {
    tell(from.index(), Sort.CLIENT, "the transfer is answered: " + outcome);
  }

  // --- the end

  @Override
  public void violated(@Nullable SimulatedNode node, String violated, String how) {
    int where = inEvent ? eventLane : Recording.WORLD;
    failed(node == null ? where : node.index(), violated, how);
  }

  @Override
  public void failed(String violated, String how) {
    failed(inEvent ? eventLane : Recording.WORLD, violated, how);
  }

  private void failed(int lane, String violated, String how) {
    if (recording.invariant().isEmpty()) {
      simulation.nodes().forEach(this::look);
      inEvent = false;
      newest.clear();
      looseLane = Integer.MIN_VALUE;
      recording.violated(simulation.nowNanos(), lane, violated, how);
    }
  }

  // --- states

  private boolean differs(SimulatedNode node) {
    fill(node);
    return recording.differs(node.index(), state);
  }

  private void look(SimulatedNode node) {
    fill(node);
    recording.state(node.index(), state);
  }

  private void fill(SimulatedNode node) {
    SimulatedProcess process = node.process();
    state[0] = process == null ? "down" : node.isPaused() ? "paused" : "runs";
    NodeState known = node.known();
    if (known == null) {
      for (int i = 1; i < 9; i++) {
        state[i] = null;
      }
    } else {
      LogPosition last = known.log().last();
      NodeId votedFor = known.votedFor();
      state[1] = node.kind().name();
      state[2] = known.term();
      state[3] = votedFor == null ? null : votedFor.value();
      state[4] = leaders[node.index()];
      state[5] = last.toString();
      state[6] = known.commitIndex();
      state[7] = simulation.invariants().appliedIndex(node);
      state[8] = known.snapshotIndex();
    }
    NodeId durableVote = node.disk().hardState().votedFor();
    state[9] = node.disk().lastIndex();
    state[10] = node.disk().hardState().term();
    state[11] = durableVote == null ? null : durableVote.value();
    state[12] = process == null ? "" : process.diskTrouble();
  }
}
