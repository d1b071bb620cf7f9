package io.pekkoraft.testkit.picture;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What happened in a run, as lanes, steps on them, messages between them and the state of each lane
 * after each step. Bounded: the newest steps are kept, older ones are folded into the state at
 * which the picture begins. Belongs to the thread of the run.
 */
public final class Recording {
  /** In place of a lane: the step happens to the world. */
  public static final int WORLD = -1;

  /** Time 0 is the beginning of the run. */
  static final long NOT_YET = -1;

  /** What kind of step it is: how it is drawn, and whether it can be hidden. */
  public enum Sort {
    /** A message arrives. */
    MESSAGE,
    /** A timer, or an answer of a helper. */
    OWN,
    /** Something has become durable. */
    DISK,
    /** A client asks, or is answered. */
    CLIENT,
    /** Something goes wrong on purpose, or is put right. */
    FAULT,
    /** Something else that somebody found worth telling. */
    NOTE,
    /** What must not happen has happened. */
    VIOLATION
  }

  /** What became of a message. */
  public enum Fate {
    UNDER_WAY,
    DELIVERED,
    LOST,
    /** Kept back, and never released. */
    HELD,
    /** It came where no process ran. */
    NOBODY_THERE,
    /** It was handed over, and not let in. */
    REFUSED
  }

  /** How an operation of a client ended. */
  public enum Answer {
    OPEN,
    DONE,
    NOT_DONE,
    UNKNOWN
  }

  /**
   * A kind of message.
   *
   * @param name in full
   * @param label what stands at an arrow; {@code {field}} is replaced by the field's value
   * @param family messages of one family look alike and are shown or hidden together
   * @param answer true if it answers another
   * @param fields names of the values that each message of this kind has
   */
  public record Kind(
      String name, String label, String family, boolean answer, List<String> fields) {
    public Kind {
      fields = List.copyOf(fields);
    }
  }

  /** A copy of a message, from its sending to its end. */
  public static final class Message {
    final int kind;
    final int from;
    final int to;
    final long sentNanos;
    final long sentStep;
    final @Nullable Object[] values;
    Fate fate = Fate.UNDER_WAY;
    long endNanos = NOT_YET;
    long endStep = NOT_YET;
    boolean copy;
    boolean held;
    boolean waited;
    boolean unsent;

    private Message(
        int kind, int from, int to, long sentNanos, long sentStep, @Nullable Object[] values) {
      this.kind = kind;
      this.from = from;
      this.to = to;
      this.sentNanos = sentNanos;
      this.sentStep = sentStep;
      this.values = values;
    }

    /** The network had doubled it. */
    public Message asCopy() {
      copy = true;
      return this;
    }

    /** Nobody sent it: the test made it. */
    public Message asUnsent() {
      unsent = true;
      return this;
    }

    /** The receiver was paused when it came. */
    public void waited() {
      waited = true;
    }

    /** It is kept back from now on. */
    public void hold() {
      fate = Fate.HELD;
      held = true;
    }

    /** It is under way again. */
    public void release() {
      fate = Fate.UNDER_WAY;
    }

    public boolean isEnded() {
      return fate != Fate.UNDER_WAY && fate != Fate.HELD;
    }
  }

  /** What a client asked for. */
  public static final class Operation {
    final int lane;
    final String what;
    final long startNanos;
    final long startStep;
    Answer answer = Answer.OPEN;
    String outcome = "";
    long endNanos = NOT_YET;
    long endStep = NOT_YET;

    private Operation(int lane, String what, long startNanos, long startStep) {
      this.lane = lane;
      this.what = what;
      this.startNanos = startNanos;
      this.startStep = startStep;
    }
  }

  private final List<String> lanes = new ArrayList<>();
  private final List<String> fields;
  private final List<Kind> kinds;
  private final int maxSteps;
  private final Deque<Step> steps = new ArrayDeque<>();
  private final List<@Nullable Object[]> present = new ArrayList<>();
  private final List<@Nullable Object[]> first = new ArrayList<>();
  private final List<Message> messages = new ArrayList<>();
  private final List<Operation> operations = new ArrayList<>();
  private final List<Band> bands = new ArrayList<>();
  private final Map<String, Band> open = new LinkedHashMap<>();
  private int nextSweep;
  private long nextNumber;
  private long endNanos;
  private String invariant = "";
  private String violation = "";

  /**
   * @param lanes their names, in the order in which they are drawn; more can be added
   * @param fields of a lane's state
   * @param kinds of messages; more can be added
   * @param maxSteps how many steps are kept; what is kept beside them is bounded by it too
   */
  public Recording(List<String> lanes, List<String> fields, List<Kind> kinds, int maxSteps) {
    this.fields = List.copyOf(fields);
    this.kinds = new ArrayList<>(kinds);
    this.maxSteps = maxSteps;
    this.nextSweep = 2 * maxSteps;
    lanes.forEach(this::addLane);
  }

  /**
   * Another lane, beside those that there are; of its state nothing is known yet.
   *
   * @return its place
   */
  public int addLane(String name) {
    lanes.add(name);
    present.add(new @Nullable Object[fields.size()]);
    first.add(new @Nullable Object[fields.size()]);
    return lanes.size() - 1;
  }

  /**
   * Another kind of message.
   *
   * @return its place in the list of kinds
   */
  public int addKind(Kind kind) {
    kinds.add(kind);
    return kinds.size() - 1;
  }

  // --- steps

  /**
   * Begins a step; what is told from now on belongs to it.
   *
   * @param lane or {@link #WORLD}
   * @param what in a few words
   * @param message that arrives, if one does; then {@code what} may be empty
   */
  public void step(long timeNanos, int lane, Sort sort, String what, @Nullable Message message) {
    endNanos = Math.max(endNanos, timeNanos);
    steps.addLast(new Step(nextNumber++, timeNanos, lane, sort, what, message));
    if (message != null) {
      end(message, Fate.DELIVERED, timeNanos);
      message.endStep = nextNumber - 1;
    }
    if (steps.size() > maxSteps) {
      forget(steps.removeFirst());
    }
  }

  private void forget(Step oldest) {
    for (Step.Change change : oldest.changes) {
      first.get(change.lane())[change.field()] = change.value();
    }
  }

  /** The present step, once there is one: the last that was begun. */
  private Step step() {
    Step last = steps.peekLast();
    if (last == null) {
      throw new IllegalStateException("no step has begun");
    }
    return last;
  }

  /** Adds a line to the present step: what was decided, what changed. */
  public void note(String text) {
    step().notes.add(text);
  }

  /**
   * Says how a lane is after the present step.
   *
   * @param values one for each field: a {@link Long}, a {@link String} or null; copied
   * @return true if that differs from before
   */
  public boolean state(int lane, @Nullable Object[] values) {
    @Nullable Object[] before = present.get(lane);
    List<Step.Change> changes = step().changes;
    boolean changed = false;
    for (int i = 0; i < values.length; i++) {
      if (!Objects.equals(before[i], values[i])) {
        changes.add(new Step.Change(lane, i, values[i]));
        before[i] = values[i];
        changed = true;
      }
    }
    return changed;
  }

  /** True if a lane is not as it was after the last step. */
  public boolean differs(int lane, @Nullable Object[] values) {
    return !Arrays.equals(present.get(lane), values);
  }

  /**
   * What must not happen has happened, in a step of its own. Only the first time counts.
   *
   * @param lane where it was noticed, or {@link #WORLD}
   * @param violated in a few words
   * @param how in more words
   */
  public void violated(long timeNanos, int lane, String violated, String how) {
    if (invariant.isEmpty()) {
      invariant = violated;
      violation = how;
      step(timeNanos, lane, Sort.VIOLATION, violated, null);
      note(how);
    }
  }

  /** What was violated, or empty. */
  public String invariant() {
    return invariant;
  }

  /** How it was violated, or empty. */
  public String violation() {
    return violation;
  }

  // --- messages

  /**
   * A message leaves in the present step, if that is on the sender's lane at this very time, or in
   * none.
   *
   * @param kind its place in the list of kinds
   * @param values one for each field of its kind: a {@link Long}, a {@link String} or null; not
   *     copied
   */
  public Message sent(long timeNanos, int kind, int from, int to, @Nullable Object[] values) {
    Step last = steps.peekLast();
    boolean inStep = last != null && last.lane == from && last.timeNanos == timeNanos;
    Message message =
        new Message(kind, from, to, timeNanos, inStep ? nextNumber - 1 : NOT_YET, values);
    messages.add(message);
    endNanos = Math.max(endNanos, timeNanos);
    if (kept() > nextSweep) {
      sweep();
    }
    return message;
  }

  /** A message comes to its end without being handled. */
  public void end(Message message, Fate fate, long timeNanos) {
    message.fate = fate;
    message.endNanos = timeNanos;
    message.endStep = NOT_YET;
  }

  /** The message that the present step handles is not let in. */
  public void refused() {
    Message message = step().message;
    if (message != null) {
      message.fate = Fate.REFUSED;
    }
  }

  // --- clients

  /** A client asks something of a lane, in the present step. */
  public Operation asked(long timeNanos, int lane, String what) {
    Operation operation = new Operation(lane, what, timeNanos, nextNumber - 1);
    operations.add(operation);
    return operation;
  }

  /** It is answered, in the present step. */
  public void answered(long timeNanos, Operation operation, Answer answer, String outcome) {
    operation.answer = answer;
    operation.outcome = outcome;
    operation.endNanos = timeNanos;
    operation.endStep = nextNumber - 1;
  }

  // --- what is so for a while

  /** Something begins to be so, unless it is so already. */
  public void begins(long timeNanos, String what) {
    if (!open.containsKey(what)) {
      Band band = new Band(what, timeNanos);
      open.put(what, band);
      bands.add(band);
    }
  }

  /** It is so no more. */
  public void ends(long timeNanos, String what) {
    Band band = open.remove(what);
    if (band != null) {
      band.endNanos = timeNanos;
    }
  }

  // --- bounds

  /** Forgets what ended before the first step that is kept. */
  private void sweep() {
    long from = firstNanos();
    messages.removeIf(message -> message.isEnded() && message.endNanos < from);
    operations.removeIf(operation -> operation.answer != Answer.OPEN && operation.endNanos < from);
    bands.removeIf(band -> band.endNanos != NOT_YET && band.endNanos < from);
    nextSweep = kept() + 2 * maxSteps;
  }

  /** How much is kept beside the steps. */
  int kept() {
    return messages.size() + operations.size() + bands.size();
  }

  /** The run has gone on until then, though nothing happened. */
  public void until(long timeNanos) {
    endNanos = Math.max(endNanos, timeNanos);
  }

  // --- for the page

  List<String> lanes() {
    return lanes;
  }

  List<String> fields() {
    return fields;
  }

  List<Kind> kinds() {
    return kinds;
  }

  Deque<Step> steps() {
    return steps;
  }

  List<@Nullable Object[]> first() {
    return first;
  }

  List<Message> messages() {
    sweep();
    return messages;
  }

  List<Operation> operations() {
    return operations;
  }

  List<Band> bands() {
    return bands;
  }

  /** How many steps there were, kept or not. */
  public long count() {
    return nextNumber;
  }

  long firstNanos() {
    Step oldest = steps.peekFirst();
    return oldest == null || oldest.number == 0 ? 0 : oldest.timeNanos;
  }

  long endNanos() {
    return endNanos;
  }
}
