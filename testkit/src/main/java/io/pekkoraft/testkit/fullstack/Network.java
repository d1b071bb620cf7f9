package io.pekkoraft.testkit.fullstack;

import io.pekkoraft.message.NodeCommand.Envelope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.pekko.actor.ActorPath;
import org.apache.pekko.actor.ActorRef;
import org.jspecify.annotations.Nullable;

/**
 * The network between machines. It is what Artery is to an actor: messages go as bytes, those of
 * one machine to another keep their order unless they are told not to, and any may be lost. Without
 * orders a message takes 0.1 to 0.5 ms and arrives.
 */
public final class Network {
  /** Artery's {@code maximum-frame-size}. */
  private static final int LARGEST_MESSAGE = 256 * 1024;

  private static final String UNKNOWN = "a message to a machine that there is not: ";

  private final VirtualWorld world;
  private final VirtualTime time;
  private final SplittableRandom random;
  private final Set<String> cuts = new HashSet<>();
  private final Map<String, Long> lastArrival = new HashMap<>();
  private final List<Flight> held = new ArrayList<>();
  private final List<Consumer<Flight>> listeners = new ArrayList<>();
  private final List<BiConsumer<Flight, Object>> arrivals = new ArrayList<>();
  private final List<Delay> delays = new ArrayList<>();
  private Predicate<Flight> holding = flight -> false;
  private long leastNanos = 100_000;
  private long mostNanos = 500_000;
  private double loss;
  private double duplication;
  private double reordering;
  private long sent;
  private long lost;
  private long doubled;
  private long lostByChance;
  private long overtaken;

  /** What some messages take beside. */
  private record Delay(Predicate<Flight> which, long nanos) {}

  Network(VirtualWorld world, VirtualTime time, SplittableRandom random) {
    this.world = world;
    this.time = time;
    this.random = random;
  }

  // --- orders

  /** How long messages take. */
  public void delay(Duration least, Duration most) {
    leastNanos = least.toNanos();
    mostNanos = most.toNanos();
  }

  /** Messages of that kind take so much longer, until {@link #healAll}. */
  public void delay(Predicate<Flight> which, Duration more) {
    delays.add(new Delay(which, more.toNanos()));
  }

  /** The probability that a message is lost. */
  public void lose(double probability) {
    loss = probability;
  }

  /** The probability that a message arrives twice. */
  public void duplicate(double probability) {
    duplication = probability;
  }

  /** The probability that a message may be overtaken by later ones of its link. */
  public void reorder(double probability) {
    reordering = probability;
  }

  /** From now on {@code to} hears nothing of {@code from}; what is under way arrives. */
  public void cut(String from, String to) {
    cuts.add(link(world.machine(from), world.machine(to)));
    world.fault("network", "cut " + from + " -> " + to);
  }

  boolean isCut(Machine from, Machine to) {
    return cuts.contains(link(from, to));
  }

  /** Undoes {@link #cut}. */
  public void heal(String from, String to) {
    cuts.remove(link(world.machine(from), world.machine(to)));
    world.fault("network", "heal " + from + " -> " + to);
  }

  /** All links work again, and no kind of message is delayed; what is held stays held. */
  public void healAll() {
    cuts.clear();
    delays.clear();
    world.fault("network", "heal all");
  }

  /**
   * Messages of that kind are kept back from now on, in {@link #held()}. Replaces what was said
   * before.
   */
  public void hold(Predicate<Flight> which) {
    holding = which;
  }

  /** Nothing more is held; what is held already stays. */
  public void holdNothing() {
    holding = flight -> false;
  }

  /** What is kept back, in the order of sending. */
  public List<Flight> held() {
    return List.copyOf(held);
  }

  /** Lets a held message go; it leaves now. */
  public void release(Flight flight) {
    if (!held.remove(flight)) {
      throw new IllegalArgumentException("not held: " + flight);
    }
    fly(flight);
  }

  /** Lets all go, in the order of sending. */
  public void releaseAll() {
    List<Flight> all = held();
    all.forEach(this::release);
  }

  /** What is held is lost. */
  public void dropHeld() {
    held.forEach(world.listener()::lost);
    held.clear();
  }

  /** Told of every message when it is sent, before anything else befalls it. */
  public void onSend(Consumer<Flight> listener) {
    listeners.add(listener);
  }

  /** Told of every message that arrives, and of what was made of its bytes. */
  void onArrival(BiConsumer<Flight, Object> listener) {
    arrivals.add(listener);
  }

  /** How many messages were sent. */
  public long sent() {
    return sent;
  }

  /** How many were lost: by chance, by a cut, or because nobody was there. */
  public long lost() {
    return lost;
  }

  /** How many of these by chance. */
  public long lostByChance() {
    return lostByChance;
  }

  /** How many may have been overtaken by later ones of their link. */
  public long overtaken() {
    return overtaken;
  }

  /** How many arrived twice. */
  public long doubled() {
    return doubled;
  }

  // --- messages

  void send(Life from, ActorPath recipient, Object message, @Nullable ActorRef sender) {
    Machine to = world.machineAt(recipient.address());
    if (to == null) {
      world.note(from.machine().name(), UNKNOWN + recipient);
      return;
    }
    Parcel parcel;
    try {
      parcel = from.door().wrap(recipient, message, sender);
    } catch (RuntimeException notSerializable) {
      world.problem("a message cannot be serialized: " + message, notSerializable);
      return;
    }
    if (parcel.bytes().length > LARGEST_MESSAGE) {
      world.problem(
          "larger than a frame of Artery: " + parcel.bytes().length + " bytes, " + message);
      return;
    }
    Flight flight = new Flight(++sent, from.machine(), to, message, parcel);
    mix(flight);
    listeners.forEach(listener -> listener.accept(flight));
    if (holding.test(flight)) {
      held.add(flight);
      world.listener().held(flight);
      world.trace().add(time.nowNanos(), "held", flight);
    } else {
      fly(flight);
    }
  }

  private void mix(Flight flight) {
    WorldTrace trace = world.trace();
    trace.mix(time.nowNanos());
    trace.mix(flight.from().name() + ">" + flight.to().name() + flight.message().getClass());
    if (flight.message() instanceof Envelope) {
      // Of other messages the bytes may hold names that Pekko draws by itself.
      trace.mix(flight.parcel().bytes());
    }
  }

  private static String link(Machine from, Machine to) {
    return from.name() + ">" + to.name();
  }

  private void fly(Flight flight) {
    String link = link(flight.from(), flight.to());
    boolean cut = cuts.contains(link);
    if (cut || random.nextDouble() < loss) {
      lost++;
      lostByChance += cut ? 0 : 1;
      world.trace().add(time.nowNanos(), "lost", flight);
      world.listener().lost(flight);
      return;
    }
    world.listener().underWay(flight);
    arriveLater(flight, link);
    if (random.nextDouble() < duplication) {
      doubled++;
      Flight copy = flight.copy();
      world.listener().doubled(copy);
      arriveLater(copy, link);
    }
  }

  private void arriveLater(Flight flight, String link) {
    long arrival = time.nowNanos() + random.nextLong(leastNanos, mostNanos + 1) + more(flight);
    if (random.nextDouble() >= reordering) {
      arrival = Math.max(arrival, lastArrival.getOrDefault(link, 0L) + 1);
      lastArrival.put(link, arrival);
    } else {
      overtaken++;
    }
    time.at(arrival, () -> arrive(flight));
  }

  private long more(Flight flight) {
    long nanos = 0;
    for (Delay delay : delays) {
      nanos += delay.which().test(flight) ? delay.nanos() : 0;
    }
    return nanos;
  }

  private void arrive(Flight flight) {
    Life life = flight.to().life();
    if (life == null || life.isOver()) {
      lost++;
      world.trace().add(time.nowNanos(), "nobody there", flight);
      world.listener().nobodyThere(flight);
      return;
    }
    if (life.isPaused()) {
      world.listener().waits(flight);
    }
    world.trace().add(time.nowNanos(), "arrives", flight);
    life.run(() -> deliver(life, flight));
  }

  private void deliver(Life life, Flight flight) {
    try {
      world.listener().delivered(flight);
      Object message = life.door().read(flight.parcel());
      arrivals.forEach(listener -> listener.accept(flight, message));
      life.door().deliver(flight.parcel(), message);
    } catch (RuntimeException notReadable) {
      world.problem("what arrived cannot be read: " + flight, notReadable);
    }
  }
}
