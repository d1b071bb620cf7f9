package io.pekkoraft.session;

import io.pekkoraft.coordination.Ping;
import io.pekkoraft.node.TimeAndChance;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Speaks for a {@link LocalSession}: pings the leading coordinator every interval, or all of them
 * while it does not know which one leads. At the same path in every process; it hears {@link
 * Reply}s of coordinators, and what it is told here.
 */
final class SessionActor extends AbstractBehavior<Object> {
  private static final Logger LOG = LoggerFactory.getLogger(SessionActor.class);

  /** A coordinator that has not answered for so many intervals does not lead any more. */
  private static final int PATIENCE = 3;

  /** What is said in bursts is told in one ping. */
  private static final Duration SOON = Duration.ofMillis(2);

  /** What it is told in this process. */
  enum Command {
    TICK,
    /** There is something to say. */
    NUDGE,
    SPEAK
  }

  private final LocalSession session;
  private final CoordinationSettings settings;
  private final Supplier<? extends Collection<String>> addresses;
  private final TimerScheduler<Object> timers;
  private final TimeAndChance clock;
  private String leader = "";
  private long term;
  private @Nullable ActorRef<Object> coordinator;
  private long answeredNanos;

  private SessionActor(
      ActorContext<Object> context,
      TimerScheduler<Object> timers,
      LocalSession session,
      CoordinationSettings settings,
      Supplier<? extends Collection<String>> addresses) {
    super(context);
    this.session = session;
    this.settings = settings;
    this.addresses = addresses;
    this.timers = timers;
    this.clock = TimeAndChance.of(context.getSystem());
    timers.startTimerWithFixedDelay(
        Command.TICK, Command.TICK, Duration.ZERO, settings.pingInterval());
  }

  /**
   * @param addresses of the members' actor systems, as they are known at present
   */
  static Behavior<Object> create(
      LocalSession session,
      CoordinationSettings settings,
      Supplier<? extends Collection<String>> addresses) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> new SessionActor(context, timers, session, settings, addresses)));
  }

  @Override
  public Receive<Object> createReceive() {
    return newReceiveBuilder()
        .onMessage(Reply.class, this::onReply)
        .onMessage(Command.class, this::onCommand)
        .onSignal(
            PostStop.class,
            stopped -> {
              tell(session.end());
              return this;
            })
        .build();
  }

  private Behavior<Object> onCommand(Command command) {
    switch (command) {
      case TICK -> {
        tell(session.tick());
        long quietNanos = clock.monotonicNanos() - answeredNanos;
        if (coordinator != null && quietNanos > PATIENCE * settings.pingInterval().toNanos()) {
          LOG.info("the coordinator at {} does not answer; looking for another one", leader);
          coordinator = null;
          leader = "";
        }
        speak();
      }
      case NUDGE -> {
        tell(session.tick());
        if (!timers.isTimerActive(Command.SPEAK)) {
          timers.startSingleTimer(Command.SPEAK, Command.SPEAK, SOON);
        }
      }
      case SPEAK -> speak();
    }
    return this;
  }

  private Behavior<Object> onReply(Reply reply) {
    if (!reply.pong().session().equals(session.id()) || reply.pong().term() < term) {
      return this;
    }
    term = reply.pong().term();
    answeredNanos = clock.monotonicNanos();
    if (coordinator == null || !reply.from().equals(leader)) {
      coordinator = resolve(reply.from());
      leader = reply.from();
      LOG.info("the coordinator in term {} is at {}", term, leader);
    }
    tell(session.onPong(reply.pong()));
    if (session.hasNews()) {
      onCommand(Command.NUDGE);
    }
    return this;
  }

  private void speak() {
    ActorRef<Object> known = coordinator;
    Ping ping = session.ping(known == null);
    if (known != null) {
      known.tell(ping);
      return;
    }
    for (String address : addresses.get()) {
      ActorRef<Object> other = resolve(address);
      if (other != null) {
        other.tell(ping);
      }
    }
  }

  private @Nullable ActorRef<Object> resolve(String address) {
    try {
      return ActorRefResolver.get(getContext().getSystem())
          .resolveActorRef(address + "/system/" + settings.coordinatorName());
    } catch (IllegalArgumentException noAddress) {
      LOG.debug("'{}' is no address: {}", address, noAddress.toString());
      return null;
    }
  }

  private static void tell(List<Runnable> users) {
    for (Runnable user : users) {
      try {
        user.run();
      } catch (RuntimeException e) {
        LOG.error("who was told of a change of what this process holds failed", e);
      }
    }
  }
}
