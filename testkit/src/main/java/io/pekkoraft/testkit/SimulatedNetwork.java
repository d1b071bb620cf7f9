package io.pekkoraft.testkit;

import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.testkit.fault.Weather;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One link for each direction of each pair. A message is lost, held, or delivered after a delay,
 * perhaps twice, perhaps out of order.
 */
public final class SimulatedNetwork {
  private static final int RECENT = 32;

  /** A direction of a pair. */
  static final class Link {
    boolean cut;
    double drop;
    double duplicate;
    boolean reorder;
    boolean triples;
    long minDelayNanos = 1_000_000;
    long maxDelayNanos = 1_000_000;
    double tail;
    long tailNanos;
    private long lastDeliveryNanos;

    /** What is under way already is waited for no more: it may be overtaken. */
    void set(Weather weather) {
      lastDeliveryNanos = 0;
      triples = true;
      drop = weather.drop();
      duplicate = weather.duplicate();
      reorder = weather.reorder();
      minDelayNanos = weather.minDelayNanos();
      maxDelayNanos = weather.maxDelayNanos();
      tail = weather.tail();
      tailNanos = weather.tailNanos();
    }

    void calm() {
      cut = false;
      drop = 0;
      duplicate = 0;
      tail = 0;
    }

    private long delay(RandomGenerator random) {
      if (tail > 0 && random.nextDouble() < tail) {
        return maxDelayNanos + random.nextLong(tailNanos);
      }
      return minDelayNanos == maxDelayNanos
          ? minDelayNanos
          : random.nextLong(minDelayNanos, maxDelayNanos);
    }
  }

  private final Simulation simulation;
  private final Link[][] links;
  private final List<Predicate<Envelope>> holds = new ArrayList<>();
  private final MessageRules rules;
  private final List<Envelope> held = new ArrayList<>();
  private final @Nullable Envelope[] recent = new Envelope[RECENT];
  private long sent;
  private UnaryOperator<Envelope> wire = UnaryOperator.identity();

  SimulatedNetwork(Simulation simulation, int nodes) {
    this.simulation = simulation;
    this.links = new Link[nodes][nodes];
    this.rules = new MessageRules(simulation);
    for (Link[] row : links) {
      for (int i = 0; i < nodes; i++) {
        row[i] = new Link();
      }
    }
  }

  Link link(int from, int to) {
    return links[from][to];
  }

  /** Every message goes through this, as through a serializer and back; identity by default. */
  public void setWire(UnaryOperator<Envelope> wire) {
    this.wire = wire;
  }

  void send(SimulatedNode from, Envelope envelope) {
    SimulatedNode to = simulation.member(envelope.header().to());
    if (to == null) {
      return; // nobody has this name
    }
    recent[(int) (sent++ % RECENT)] = envelope;
    Link link = links[from.index()][to.index()];
    Envelope onTheWire = wire.apply(envelope);
    if (loses(link) || rules.loses(onTheWire)) {
      if (simulation.hasListeners()) {
        simulation.tell(listener -> listener.lost(onTheWire));
      }
      return;
    }
    for (int i = 0; i < holds.size(); i++) {
      if (holds.get(i).test(onTheWire)) {
        held.add(onTheWire);
        simulation.tell(listener -> listener.held(onTheWire));
        return;
      }
    }
    for (int copies = 1 + rules.copies(onTheWire); copies > 0; copies--) {
      underWay(arrival(link) + rules.delayNanos(onTheWire), to, onTheWire);
    }
    if (doubles(link)) {
      underWay(arrival(link) + rules.delayNanos(onTheWire), to, onTheWire);
      if (link.triples && doubles(link)) {
        simulation.counters().add(Counters.Kind.TRIPLED);
        underWay(arrival(link) + rules.delayNanos(onTheWire), to, onTheWire);
      }
    }
  }

  /** What has left lately, oldest first. */
  List<Envelope> recent() {
    List<Envelope> newest = new ArrayList<>();
    for (long i = Math.max(0, sent - RECENT); i < sent; i++) {
      Envelope envelope = recent[(int) (i % RECENT)];
      if (envelope != null) {
        newest.add(envelope);
      }
    }
    return newest;
  }

  private void underWay(long arrivesNanos, SimulatedNode to, Envelope envelope) {
    long flight = simulation.scheduleAt(arrivesNanos, to, EventQueue.ANY_LIFE, envelope).sequence();
    if (simulation.hasListeners()) {
      simulation.tell(listener -> listener.underWay(flight, envelope, arrivesNanos));
    }
  }

  /**
   * Carries what is no message of the protocol from one machine to another.
   *
   * @param deliverAt told when it arrives: not at all, once or twice
   */
  void carry(int from, int to, LongConsumer deliverAt) {
    Link link = links[from][to];
    if (from == to) {
      deliverAt.accept(simulation.nowNanos());
    } else if (!loses(link)) {
      deliverAt.accept(arrival(link));
      if (doubles(link)) {
        deliverAt.accept(arrival(link));
      }
    }
  }

  private boolean loses(Link link) {
    boolean lost = link.cut || (link.drop > 0 && simulation.random().nextDouble() < link.drop);
    if (lost) {
      simulation.counters().add(Counters.Kind.DROPPED);
    }
    return lost;
  }

  private boolean doubles(Link link) {
    boolean twice = link.duplicate > 0 && simulation.random().nextDouble() < link.duplicate;
    if (twice) {
      simulation.counters().add(Counters.Kind.DUPLICATED);
    }
    return twice;
  }

  private long arrival(Link link) {
    long delay = link.delay(simulation.random());
    if (delay >= 5_000_000_000L) {
      simulation.counters().add(Counters.Kind.DELAYED_5_S);
    }
    long at = simulation.nowNanos() + delay;
    if (at < link.lastDeliveryNanos) {
      if (link.reorder) {
        simulation.counters().add(Counters.Kind.REORDERED);
      } else {
        at = link.lastDeliveryNanos;
      }
    }
    link.lastDeliveryNanos = Math.max(link.lastDeliveryNanos, at);
    return at;
  }

  // --- holding

  /** Messages that match are kept back from now on, in order. */
  void hold(Predicate<Envelope> filter) {
    holds.add(filter);
  }

  /** What is said about kinds of messages. */
  MessageRules rules() {
    return rules;
  }

  void holdNoMore(Predicate<Envelope> filter) {
    holds.remove(filter);
  }

  /** Keeps no more messages back; those held stay so until released. */
  void holdNoMore() {
    holds.clear();
  }

  List<Envelope> held() {
    return held;
  }

  /**
   * Delivers held messages that match, in order, now.
   *
   * @param limit at most so many
   * @return how many
   */
  int release(Predicate<Envelope> filter, int limit) {
    int released = 0;
    for (Iterator<Envelope> it = held.iterator(); it.hasNext() && released < limit; ) {
      Envelope envelope = it.next();
      if (filter.test(envelope)) {
        it.remove();
        released++;
        underWay(simulation.nowNanos(), simulation.node(envelope.header().to()), envelope);
      }
    }
    return released;
  }

  void discardHeld() {
    held.forEach(envelope -> simulation.tell(listener -> listener.lost(envelope)));
    held.clear();
  }

  // --- cutting

  /** Nothing sent from {@code from} reaches {@code to} any more. */
  void cutOneWay(int from, int to) {
    links[from][to].cut = true;
    simulation.tell(SimulationListener::linksChanged);
  }

  void cut(int one, int other) {
    cutOneWay(one, other);
    cutOneWay(other, one);
  }

  void healAll() {
    for (Link[] row : links) {
      for (Link link : row) {
        link.cut = false;
      }
    }
    simulation.tell(SimulationListener::linksChanged);
  }

  /** As a good network is: nothing lost, nothing twice; messages under way still arrive. */
  void calm() {
    for (Link[] row : links) {
      for (Link link : row) {
        link.calm();
      }
    }
    simulation.tell(SimulationListener::linksChanged);
  }
}
