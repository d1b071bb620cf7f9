package io.pekkoraft.testkit.fullstack;

import io.pekkoraft.api.Outcome;
import io.pekkoraft.api.RaftStatus;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.message.Header;
import io.pekkoraft.message.PeerMessage;
import io.pekkoraft.message.VoteVerdict;
import io.pekkoraft.role.NodeObserver;
import io.pekkoraft.rules.IdentityRule;
import io.pekkoraft.testkit.fullstack.Lane.Instance;
import io.pekkoraft.testkit.picture.Cuts;
import io.pekkoraft.testkit.picture.MessageWords;
import io.pekkoraft.testkit.picture.OutcomeWords;
import io.pekkoraft.testkit.picture.Recorder;
import io.pekkoraft.testkit.picture.Recording;
import io.pekkoraft.testkit.picture.Recording.Answer;
import io.pekkoraft.testkit.picture.Recording.Fate;
import io.pekkoraft.testkit.picture.Recording.Kind;
import io.pekkoraft.testkit.picture.Recording.Message;
import io.pekkoraft.testkit.picture.Recording.Operation;
import io.pekkoraft.testkit.picture.Recording.Sort;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.ActorSelectionMessage;
import org.jspecify.annotations.Nullable;

/**
 * Tells a {@link Recording} what happens in a world. What happens on a machine at one instant is
 * one step, unless several messages come then: what a mailbox makes of a message happens at the
 * instant at which it came, or later as something of its own.
 *
 * <p>A lane shows one member, of the group that started first in this world; others are told of in
 * words.
 */
final class WorldRecorder implements WorldListener, Recorder {
  private static final String OWN = "goes on: a timer, or something that has ended";
  private static final @Nullable Object[] NO_VALUES = {};

  private final VirtualWorld world;
  private final Recording recording;
  private final Cuts cuts;
  private final Map<String, Lane> lanes = new HashMap<>();
  private final List<Lane> inOrder = new ArrayList<>();
  private final IdentityHashMap<Flight, Message> flights = new IdentityHashMap<>();

  /** What has come to a process that stands still. */
  private final IdentityHashMap<Flight, Message> waiting = new IdentityHashMap<>();

  private final Map<Class<?>, Integer> kinds = new HashMap<>();
  private final Map<String, Long> newestTokens = new HashMap<>();
  private String shownGroup = "";
  private int stepLane = Integer.MIN_VALUE;
  private long stepNanos;
  private int ranLane = Recording.WORLD;
  private long ranNanos;
  private long requests;

  WorldRecorder(VirtualWorld world, int maxSteps) {
    this.world = world;
    this.recording = new Recording(List.of(), Lane.FIELDS, MessageWords.KINDS, maxSteps);
    this.cuts = new Cuts(recording);
    step(Recording.WORLD, Sort.NOTE, "recording begins", null);
    for (Machine machine : world.machines()) {
      added(machine);
      machine.members().forEach(this::member);
    }
    linksChanged();
  }

  @Override
  public Recording recording() {
    return recording;
  }

  @Override
  public long nowNanos() {
    return world.nowNanos();
  }

  @Override
  public String replay() {
    return world.replay();
  }

  @Override
  public void added(Machine machine) {
    Lane lane = new Lane(recording.addLane(machine.name()), machine);
    lanes.put(machine.name(), lane);
    inOrder.add(lane);
    look(lane);
  }

  private Lane lane(Machine machine) {
    Lane lane = lanes.get(machine.name());
    if (lane == null) {
      throw new IllegalStateException("not of this world: " + machine);
    }
    return lane;
  }

  // --- steps

  private void step(int lane, Sort sort, String what, @Nullable Message message) {
    recording.step(nowNanos(), lane, sort, what, message);
    stepLane = lane;
    stepNanos = nowNanos();
  }

  private boolean goesOn(int lane) {
    return stepLane == lane && stepNanos == nowNanos();
  }

  private void goOn(int lane) {
    if (!goesOn(lane)) {
      step(lane, Sort.OWN, OWN, null);
    }
  }

  /** A line in the step that goes on, or a step of its own. */
  private void tell(int lane, Sort sort, String what) {
    if (goesOn(lane)) {
      recording.note(what);
    } else {
      step(lane, sort, what, null);
    }
  }

  /** Into the present step, which is that of the lane unless another one has changed it. */
  private void look(Lane lane) {
    recording.state(lane.number, values(lane));
  }

  private @Nullable Object[] values(Lane lane) {
    return lane.look(
        singleton -> newestTokens.getOrDefault(singleton, 0L), world.knownOnDisk(lane.machine));
  }

  @Override
  public void settled(Machine machine) {
    Lane lane = lane(machine);
    if (!machine.isRunning()) {
      ended(lane);
    }
    ranLane = lane.number;
    ranNanos = nowNanos();
    @Nullable Object[] now = values(lane);
    if (recording.differs(lane.number, now)) {
      goOn(lane.number);
      recording.state(lane.number, now);
    }
  }

  /** What its process had taken on comes to nothing. */
  private void ended(Lane lane) {
    for (Operation operation : lane.open) {
      recording.answered(nowNanos(), operation, Answer.UNKNOWN, "its process has ended");
    }
    lane.open.clear();
    lane.instances.clear();
    List<Flight> missed =
        waiting.keySet().stream().filter(flight -> flight.to() == lane.machine).toList();
    for (Flight flight : missed) {
      end(waiting.remove(flight), Fate.NOBODY_THERE);
    }
  }

  // --- messages

  private Message message(Flight flight) {
    int from = lane(flight.from()).number;
    int to = lane(flight.to()).number;
    goOn(from);
    PeerMessage peer = flight.peerMessage();
    if (peer == null) {
      return recording.sent(nowNanos(), kind(flight.message()), from, to, NO_VALUES);
    }
    MessageWords.Words words = MessageWords.of(peer);
    return recording.sent(nowNanos(), words.kind(), from, to, words.values());
  }

  /** By its class alone: what is in it may be large, and another in each run of the seed. */
  private int kind(Object message) {
    Object inner = message instanceof ActorSelectionMessage selected ? selected.msg() : message;
    return kinds.computeIfAbsent(
        inner.getClass(),
        type -> {
          String name = type.getName();
          String words = name.substring(name.lastIndexOf('.') + 1).replace('$', '.');
          boolean ours = name.startsWith("io.pekkoraft.") || name.startsWith("org.apache.pekko.");
          return recording.addKind(
              new Kind(words, words, ours ? "other" : "application", false, List.of()));
        });
  }

  @Override
  public void underWay(Flight flight) {
    Message held = flights.get(flight);
    if (held == null) {
      flights.put(flight, message(flight));
    } else {
      held.release();
    }
  }

  @Override
  public void doubled(Flight copy) {
    flights.put(copy, message(copy).asCopy());
  }

  @Override
  public void held(Flight flight) {
    Message message = message(flight);
    message.hold();
    flights.put(flight, message);
  }

  @Override
  public void lost(Flight flight) {
    Message held = flights.remove(flight);
    end(held == null ? message(flight) : held, Fate.LOST);
  }

  @Override
  public void nobodyThere(Flight flight) {
    end(flights.remove(flight), Fate.NOBODY_THERE);
  }

  private void end(@Nullable Message message, Fate fate) {
    if (message != null) {
      recording.end(message, fate, nowNanos());
    }
  }

  @Override
  public void waits(Flight flight) {
    Message message = flights.remove(flight);
    if (message != null) {
      message.waited();
      waiting.put(flight, message);
    }
  }

  @Override
  public void delivered(Flight flight) {
    Message waited = waiting.remove(flight);
    Message message = waited == null ? flights.remove(flight) : waited;
    if (message != null) { // else it was under way before the recording began
      step(lane(flight.to()).number, Sort.MESSAGE, "", message);
    }
  }

  // --- machines, the network

  @Override
  public void fault(String who, String what) {
    Lane lane = lanes.get(who);
    step(lane == null ? Recording.WORLD : lane.number, Sort.FAULT, what, null);
    if (lane == null) {
      linksChanged();
    }
  }

  private void linksChanged() {
    cuts.changed(
        nowNanos(),
        (from, to) -> world.network().isCut(inOrder.get(from).machine, inOrder.get(to).machine));
  }

  @Override
  public void noted(String who, String what) {
    Lane lane = lanes.get(who);
    tell(
        lane == null ? Recording.WORLD : lane.number,
        Sort.NOTE,
        lane == null ? who + ": " + what : what);
  }

  // --- members

  @Override
  public NodeObserver member(HeardMember member) {
    if (shownGroup.isEmpty()) {
      shownGroup = member.group();
    }
    Lane lane = lane(member.life().machine());
    if (member.group().equals(shownGroup)) {
      lane.shows(member);
    }
    return new Heard(lane, member.group());
  }

  /** Writes down what one member decides. */
  private final class Heard implements NodeObserver {
    private final Lane lane;
    private final boolean shown;
    private final String prefix;

    Heard(Lane lane, String group) {
      this.lane = lane;
      this.shown = group.equals(shownGroup);
      this.prefix = shown ? "" : group + ": ";
    }

    private void tells(Sort sort, String what) {
      tell(lane.number, sort, prefix + what);
    }

    @Override
    public void roleChanged(RaftStatus.Role from, RaftStatus.Role to, long term, String reason) {
      if (shown && to != RaftStatus.Role.LEADER) {
        lane.leaderKnown(null);
      }
      tells(Sort.OWN, from + " -> " + to + " in term " + term + ": " + reason);
    }

    @Override
    public void leaderKnown(NodeId leader, long term) {
      if (shown) {
        lane.leaderKnown(leader);
      }
    }

    @Override
    public void voteDecided(NodeId candidate, boolean preVote, VoteVerdict verdict) {
      tells(Sort.OWN, (preVote ? "pre-vote for " : "vote for ") + candidate + ": " + verdict);
    }

    @Override
    public void dropped(Header header, PeerMessage message, IdentityRule.Verdict verdict) {
      if (goesOn(lane.number)) {
        recording.refused();
      }
      tells(Sort.OWN, "not let in: " + verdict);
    }

    @Override
    public void alarm(String what) {
      step(lane.number, Sort.NOTE, prefix + "alarm: " + what, null);
    }

    @Override
    public void failed(String reason, Throwable cause) {
      step(lane.number, Sort.NOTE, prefix + "takes no part any more: " + reason, null);
    }
  }

  // --- clients and singletons

  @Override
  public Operation asked(Machine machine, int bytes) {
    Lane lane = lane(machine);
    String text = "request " + ++requests;
    tell(lane.number, Sort.CLIENT, text + " is proposed, " + bytes + " bytes");
    Operation operation = recording.asked(nowNanos(), lane.number, text);
    lane.open.add(operation);
    return operation;
  }

  @Override
  public void answered(Machine machine, @Nullable Operation operation, Outcome outcome) {
    Lane lane = lane(machine);
    if (operation != null && lane.open.remove(operation)) {
      String text = OutcomeWords.of(outcome);
      tell(lane.number, Sort.CLIENT, "a request is answered: " + text);
      recording.answered(nowNanos(), operation, OutcomeWords.answer(outcome), text);
    }
  }

  @Override
  public void begins(Machine machine, String singleton, long token) {
    Lane here = lane(machine);
    here.instances.add(new Instance(singleton, token));
    newestTokens.merge(singleton, token, Math::max);
    goOn(here.number);
    inOrder.forEach(this::look);
  }

  @Override
  public void stops(Machine machine, String singleton, long token) {
    Lane here = lane(machine);
    here.instances.remove(new Instance(singleton, token));
    goOn(here.number);
    look(here);
  }

  // --- the end

  @Override
  public void violated(String invariant, String what) {
    failed(invariant, what);
  }

  @Override
  public void failed(String violated, String how) {
    if (recording.invariant().isEmpty()) {
      inOrder.forEach(this::look);
      int lane =
          stepNanos == nowNanos() ? stepLane : ranNanos == nowNanos() ? ranLane : Recording.WORLD;
      recording.violated(nowNanos(), lane, violated, how);
      stepLane = Integer.MIN_VALUE;
    }
  }
}
