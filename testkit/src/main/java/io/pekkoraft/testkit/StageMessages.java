package io.pekkoraft.testkit;

import io.pekkoraft.log.GroupIdentity;
import io.pekkoraft.log.LogPosition;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.message.Header;
import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.message.PeerMessage;
import io.pekkoraft.message.PeerMessage.PreVoteRequest;
import io.pekkoraft.message.PeerMessage.VoteRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The messages of a {@link Stage}: kept back, late, lost, repeated, made up. */
public final class StageMessages {
  private static final long LIE = 1_000;

  /** Messages that match come late; null: never. */
  private record Rule(Predicate<Envelope> matches, @Nullable Duration late) {}

  private final Simulation simulation;
  private final List<Predicate<Envelope>> holds = new ArrayList<>();
  private final List<Rule> rules = new ArrayList<>();
  private final List<Envelope> left = new ArrayList<>();
  private final Set<NodeId> liars = new HashSet<>();

  StageMessages(Simulation simulation) {
    this.simulation = simulation;
    simulation.network().setWire(this::onTheWire);
    simulation.network().hold(this::isKept);
  }

  void lies(NodeId member) {
    liars.add(member);
  }

  private Envelope onTheWire(Envelope envelope) {
    Envelope sent = liars.contains(envelope.header().from()) ? lie(envelope) : envelope;
    left.add(sent);
    return sent;
  }

  private static Envelope lie(Envelope envelope) {
    if (envelope.message() instanceof PreVoteRequest request) {
      return new Envelope(
          envelope.header(),
          new PreVoteRequest(request.term(), request.round(), beyond(request.last(), request)));
    }
    if (envelope.message() instanceof VoteRequest request) {
      return new Envelope(
          envelope.header(),
          new VoteRequest(request.term(), beyond(request.last(), request), request.transferId()));
    }
    return envelope;
  }

  private static LogPosition beyond(LogPosition last, PeerMessage asking) {
    return new LogPosition(asking.term() - 1, last.index() + LIE);
  }

  @SuppressWarnings("ReferenceEquality") // of two equal messages, this one
  private static Predicate<Envelope> is(Envelope envelope) {
    return other -> other == envelope;
  }

  private boolean isKept(Envelope envelope) {
    if (holds.stream().anyMatch(hold -> hold.test(envelope))) {
      return true;
    }
    for (Rule rule : rules) {
      if (rule.matches().test(envelope)) {
        Duration late = rule.late();
        simulation.schedule(
            late == null ? 0 : late.toNanos(),
            () -> {
              if (late == null) {
                simulation.network().held().removeIf(is(envelope));
              } else {
                simulation.network().release(is(envelope), 1);
              }
            });
        return true;
      }
    }
    return false;
  }

  // --- rules for what is sent from now on

  public void hold(Predicate<Envelope> messages) {
    holds.add(messages);
  }

  /** What is held stays so. */
  public void holdNoMore() {
    holds.clear();
  }

  public void delay(Predicate<Envelope> messages, Duration by) {
    rules.add(new Rule(messages, by));
  }

  public void lose(Predicate<Envelope> messages) {
    rules.add(new Rule(messages, null));
  }

  /** Nothing is late or lost any more, of what is sent from now on. */
  public void clearRules() {
    rules.clear();
  }

  // --- what is held

  public List<Envelope> held(Predicate<Envelope> messages) {
    return simulation.network().held().stream().filter(messages).toList();
  }

  public void dropHeld(Predicate<Envelope> messages) {
    simulation.network().held().removeIf(messages);
  }

  /**
   * Delivers held messages now: the oldest or the newest, or, oldest first, all.
   *
   * @return how many
   */
  public int release(Predicate<Envelope> messages, boolean newest, int limit) {
    List<Envelope> held = held(messages);
    int released = 0;
    for (int i = 0; i < held.size() && released < limit; i++) {
      Envelope next = held.get(newest ? held.size() - 1 - i : i);
      released += simulation.network().release(is(next), 1);
      simulation.elapse(Duration.ZERO);
    }
    return released;
  }

  // --- what was sent, and what was not

  /** What has left the members since the start, lost or not, oldest first. */
  public List<Envelope> sent(Predicate<Envelope> messages) {
    return left.stream().filter(messages).toList();
  }

  /** Delivers now what was sent before, once more. */
  public void deliver(Envelope envelope) {
    simulation.scheduleAt(
        simulation.nowNanos(),
        simulation.node(envelope.header().to()),
        EventQueue.ANY_LIFE,
        envelope);
    simulation.elapse(Duration.ZERO);
  }

  /**
   * Delivers now a message that nobody sent.
   *
   * @param from a member, or anybody
   * @param group whose, or null for this one
   */
  public void inject(String from, String to, PeerMessage message, @Nullable GroupIdentity group) {
    SimulatedNode receiver = simulation.node(NodeId.of(to));
    boolean known = simulation.configuration().member(NodeId.of(from)) != null;
    SimulatedNode sender = known ? simulation.node(NodeId.of(from)) : null;
    deliver(
        new Envelope(
            new Header(
                group == null ? simulation.group() : group,
                NodeId.of(from),
                sender == null ? 1 : sender.member().incarnation(),
                sender == null || sender.process() == null ? 1 : sender.running().life(),
                receiver.id(),
                receiver.member().incarnation(),
                receiver.running().life()),
            message));
  }
}
