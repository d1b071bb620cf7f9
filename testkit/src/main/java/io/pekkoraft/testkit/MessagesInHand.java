package io.pekkoraft.testkit;

import io.pekkoraft.log.NodeId;
import io.pekkoraft.message.Header;
import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.message.PeerMessage;
import io.pekkoraft.message.PeerMessage.PreVoteReply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** The part of {@link Cluster} that holds, delays, loses, repeats and makes up messages. */
abstract class MessagesInHand {
  private final Simulation simulation;
  private final List<Envelope> left = new ArrayList<>();

  MessagesInHand(Simulation simulation) {
    this.simulation = simulation;
    simulation.network().setWire(this::leaves);
  }

  /** Notes what leaves a member. */
  final Envelope leaves(Envelope envelope) {
    left.add(envelope);
    return envelope;
  }

  /**
   * @throws IllegalArgumentException if there is no such member; it says which there are
   */
  public SimulatedNode node(String name) {
    for (SimulatedNode node : simulation.nodes()) {
      if (node.id().value().equals(name)) {
        return node;
      }
    }
    throw new IllegalArgumentException(
        "there is no member "
            + name
            + ", but "
            + simulation.nodes().stream().map(SimulatedNode::id).toList());
  }

  /** Keeps back all messages of this kind, from now on. */
  public <M extends PeerMessage> Hold<M> hold(Class<M> kind) {
    return hold(kind, "", envelope -> true);
  }

  /** Keeps back the messages of this kind from one member to another, from now on. */
  public <M extends PeerMessage> Hold<M> hold(Class<M> kind, String from, String to) {
    return hold(kind, " from " + from + " to " + to, between(from, to));
  }

  public <M extends PeerMessage> Hold<M> holdFrom(Class<M> kind, String from) {
    NodeId sender = node(from).id();
    return hold(kind, " from " + from, envelope -> envelope.header().from().equals(sender));
  }

  public <M extends PeerMessage> Hold<M> holdTo(Class<M> kind, String to) {
    NodeId receiver = node(to).id();
    return hold(kind, " to " + to, envelope -> envelope.header().to().equals(receiver));
  }

  private <M extends PeerMessage> Hold<M> hold(
      Class<M> kind, String where, Predicate<Envelope> filter) {
    return new Hold<>(simulation, kind, where, filter);
  }

  private Predicate<Envelope> between(String from, String to) {
    NodeId sender = node(from).id();
    NodeId receiver = node(to).id();
    return envelope ->
        envelope.header().from().equals(sender) && envelope.header().to().equals(receiver);
  }

  /**
   * Messages of this kind take so much longer, and are overtaken by others, until {@link
   * Cluster#heal}.
   */
  public void delay(Class<? extends PeerMessage> kind, Duration by) {
    simulation.network().rules().delay(e -> kind.isInstance(e.message()), by.toNanos());
  }

  /** Messages of this kind are lost, until {@link Cluster#heal}. */
  public void drop(Class<? extends PeerMessage> kind) {
    simulation.network().rules().lose(e -> kind.isInstance(e.message()));
  }

  /** Messages of this kind from one member to another are lost, until {@link Cluster#heal}. */
  public void drop(Class<? extends PeerMessage> kind, String from, String to) {
    Predicate<Envelope> link = between(from, to);
    simulation.network().rules().lose(e -> kind.isInstance(e.message()) && link.test(e));
  }

  /** Messages of this kind arrive twice, until {@link Cluster#heal}. */
  public void duplicate(Class<? extends PeerMessage> kind) {
    simulation.network().rules().copy(e -> kind.isInstance(e.message()), 1);
  }

  /** Messages take any time up to this, and overtake each other, until {@link Cluster#heal}. */
  public void reorder(Duration longest) {
    simulation.network().rules().disorder(envelope -> true, longest.toNanos());
  }

  /** Keeps back nothing more; what is held stays held. */
  public void holdNoMore() {
    simulation.network().holdNoMore();
  }

  /** Nobody else can win a pre-vote until {@link #holdNoMore}. */
  public void onlyMayWin(String name) {
    hold(PreVoteReply.class, "", envelope -> !envelope.header().to().equals(NodeId.of(name)));
  }

  /** What is held is lost. */
  public void discardHeld() {
    simulation.network().discardHeld();
  }

  /** Delivers the oldest held message of this kind between these two, now. */
  public void release(Class<? extends PeerMessage> kind, String from, String to) {
    Predicate<Envelope> link = between(from, to);
    int released =
        simulation
            .network()
            .release(envelope -> kind.isInstance(envelope.message()) && link.test(envelope), 1);
    if (released == 0) {
      throw new IllegalStateException(
          "no " + kind.getSimpleName() + " is held; " + Hold.all(simulation.network().held()));
    }
    simulation.elapse(Duration.ZERO);
  }

  /** Delivers all that is held, in order, and keeps back nothing more. */
  public void releaseAll() {
    holdNoMore();
    simulation.network().release(envelope -> true, Integer.MAX_VALUE);
    simulation.elapse(Duration.ZERO);
  }

  public List<Envelope> held(Class<? extends PeerMessage> kind) {
    return simulation.network().held().stream()
        .filter(envelope -> kind.isInstance(envelope.message()))
        .toList();
  }

  /** What has left a member since the start, lost or not. */
  public List<PeerMessage> sent(String from, Class<? extends PeerMessage> kind) {
    return left.stream()
        .filter(envelope -> envelope.header().from().equals(NodeId.of(from)))
        .map(Envelope::message)
        .filter(kind::isInstance)
        .toList();
  }

  /** Delivers a message that nobody sent, in the name of a member's present life, now. */
  public void inject(String from, String to, PeerMessage message) {
    SimulatedNode sender = node(from);
    SimulatedNode receiver = node(to);
    Header header =
        new Header(
            simulation.group(),
            sender.id(),
            sender.member().incarnation(),
            sender.running().life(),
            receiver.id(),
            receiver.member().incarnation(),
            receiver.running().life());
    deliver(new Envelope(header, message));
  }

  /** Delivers a message once more, or one that was lost. */
  public void deliver(Envelope envelope) {
    simulation.scheduleAt(
        simulation.nowNanos(),
        simulation.node(envelope.header().to()),
        EventQueue.ANY_LIFE,
        envelope);
    simulation.elapse(Duration.ZERO);
  }
}
