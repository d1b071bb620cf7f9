package io.pekkoraft.singleton;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.ChildFailed;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * One tenure of a singleton in this process, from its assignment with one token until the instance
 * has stopped. It is the actor that proxies talk to: its path names the token, so what was sent to
 * an older tenure never reaches another instance by itself. What arrives while the instance may not
 * act waits here, and goes back to this process's proxy when the tenure ends.
 */
final class Tenure<M> extends AbstractBehavior<Object> {

  /** What the host, the gate and the timers say; all other messages are for the instance. */
  enum Command {
    /** Something may have changed about the lease: look. */
    LOOK,
    /** Somebody else shall have it. */
    HAND_OVER,
    /** Somebody else has it. */
    LOST,
    STILL_STOPPING,
    /** Nobody sends here any more. */
    FORGOTTEN
  }

  /** Told to the host once: the instance does nothing any more. */
  record Over(long token) implements SingletonHost.Command {}

  private enum Phase {
    ACTING,
    HANDING_OVER,
    LOST
  }

  private static final Duration LOOK_AGAIN_AFTER = Duration.ofMillis(50);
  private static final Duration WARN_AFTER = Duration.ofSeconds(10);

  /** Proxies on other nodes may not know yet; nothing is promised to those that know later. */
  private static final Duration FORGOTTEN_AFTER = Duration.ofSeconds(30);

  private final RaftSingletonActor<M> singleton;
  private final long token;
  private final BooleanSupplier mayAct;
  private final Local local;
  private final TimerScheduler<Object> timers;
  private final MessageBuffer waiting;
  private final ActorRef<Object> instance;
  private Phase phase = Phase.ACTING;
  private boolean stopped;
  private boolean paused;

  /**
   * What this process has once per name.
   *
   * @param whyNot why nothing may act here now, for people
   */
  record Local(
      ActorRef<SingletonHost.Command> host,
      ActorRef<Object> proxy,
      int bufferSize,
      Supplier<String> whyNot,
      Tally tally) {}

  private Tenure(
      ActorContext<Object> context,
      TimerScheduler<Object> timers,
      RaftSingletonActor<M> singleton,
      long token,
      BooleanSupplier mayAct,
      Local local) {
    super(context);
    this.singleton = singleton;
    this.token = token;
    this.mayAct = mayAct;
    this.local = local;
    this.timers = timers;
    waiting = new MessageBuffer(local.bufferSize(), message -> true, this::dropped);
    ActorRef<Object> self = context.getSelf();
    instance =
        context.spawn(
            Gate.around(
                singleton.behavior(token),
                mayAct,
                singleton.stopMessage(),
                local.bufferSize(),
                () -> self.tell(Command.LOOK),
                local.tally()),
            "instance",
            singleton.props());
    context.watch(instance);
    context.getLog().info("Singleton '{}' acts here, with token {}", singleton.name(), token);
  }

  static <M> Behavior<Object> create(
      RaftSingletonActor<M> singleton, long token, BooleanSupplier mayAct, Local local) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> new Tenure<>(context, timers, singleton, token, mayAct, local)));
  }

  @Override
  public Receive<Object> createReceive() {
    return newReceiveBuilder()
        .onMessage(Command.class, this::onCommand)
        .onAnyMessage(this::onMessage)
        .onSignal(Terminated.class, this::onInstanceStopped)
        .build();
  }

  private Behavior<Object> onMessage(Object message) {
    if (takesNothing()) {
      local.proxy().tell(message);
    } else if (waiting.isEmpty() && mayAct.getAsBoolean()) {
      instance.tell(message);
    } else {
      local.tally().kept(1); // Before an older one is dropped for it, which whoever looks may see.
      waiting.add(message);
      look();
    }
    return this;
  }

  private boolean takesNothing() {
    return stopped || phase != Phase.ACTING;
  }

  private Behavior<Object> onCommand(Command command) {
    return switch (command) {
      case LOOK -> look();
      case HAND_OVER -> handOver();
      case LOST -> lost();
      case STILL_STOPPING -> warn();
      case FORGOTTEN -> Behaviors.stopped();
    };
  }

  /** Pauses, or goes on; while paused, it looks again by itself. */
  private Behavior<Object> look() {
    if (stopped || phase == Phase.LOST) {
      return this;
    }
    if (mayAct.getAsBoolean()) {
      resume();
    } else {
      pause();
    }
    return this;
  }

  private void pause() {
    if (!paused) {
      paused = true;
      local.tally().paused();
      getContext()
          .getLog()
          .warn(
              "Singleton '{}' with token {} is paused: its lease is over and not renewed yet",
              singleton.name(),
              token);
    }
    if (!timers.isTimerActive(Command.LOOK)) {
      timers.startSingleTimer(Command.LOOK, LOOK_AGAIN_AFTER);
    }
  }

  private void resume() {
    if (paused) {
      paused = false;
      local.tally().resumed();
      getContext()
          .getLog()
          .info(
              "Singleton '{}' with token {} goes on: its lease is valid again",
              singleton.name(),
              token);
    }
    instance.tell(Gate.Command.OPEN);
    waiting.drainTo(
        message -> {
          local.tally().kept(-1);
          instance.tell(message);
        });
  }

  private Behavior<Object> handOver() {
    if (phase == Phase.ACTING) {
      phase = Phase.HANDING_OVER;
      giveBack();
      if (!stopped) {
        getContext()
            .getLog()
            .info("Singleton '{}' with token {} is handed over: stopping", singleton.name(), token);
        instance.tell(Gate.Command.STOP);
        timers.startTimerWithFixedDelay(Command.STILL_STOPPING, WARN_AFTER);
      }
    }
    return forgetLater();
  }

  private Behavior<Object> lost() {
    if (phase != Phase.LOST) {
      phase = Phase.LOST;
      giveBack();
      if (!stopped) {
        getContext()
            .getLog()
            .warn("Singleton '{}' with token {} is lost: stopped at once", singleton.name(), token);
        getContext().stop(instance);
        timers.startTimerWithFixedDelay(Command.STILL_STOPPING, WARN_AFTER);
      }
    }
    return forgetLater();
  }

  private Behavior<Object> warn() {
    getContext()
        .getLog()
        .warn(
            "Singleton '{}' with token {} has still not stopped, {}. Nobody else is started here"
                + " before it has.",
            singleton.name(),
            token,
            phase == Phase.LOST || singleton.stopMessage().isEmpty()
                ? "a handler of it does not return"
                : "though its stop message was sent");
    return this;
  }

  private Behavior<Object> onInstanceStopped(Terminated terminated) {
    stopped = true;
    timers.cancel(Command.STILL_STOPPING);
    timers.cancel(Command.LOOK);
    giveBack();
    if (phase != Phase.ACTING) {
      getContext()
          .getLog()
          .info("Singleton '{}' with token {} has stopped", singleton.name(), token);
    } else {
      stoppedByItself(terminated);
    }
    local.host().tell(new Over(token));
    return forgetLater();
  }

  private void stoppedByItself(Terminated terminated) {
    String consequence =
        "it stays gone, and messages for it wait, until the name is assigned to another node";
    if (terminated instanceof ChildFailed failure) {
      getContext()
          .getLog()
          .error(
              "Singleton '{}' with token {} has failed: {}",
              singleton.name(),
              token,
              consequence,
              failure.getCause());
    } else {
      getContext()
          .getLog()
          .warn(
              "Singleton '{}' with token {} has stopped by itself: {}",
              singleton.name(),
              token,
              consequence);
    }
  }

  private Behavior<Object> forgetLater() {
    if (stopped && phase != Phase.ACTING) {
      timers.startSingleTimer(Command.FORGOTTEN, FORGOTTEN_AFTER);
    }
    return this;
  }

  /** First the proxy learns that this tenure is over, so that it does not send here again. */
  private void giveBack() {
    local.proxy().tell(new SingletonProxy.Ended(token));
    waiting.drainTo(
        message -> {
          local.tally().kept(-1);
          local.proxy().tell(message);
        });
  }

  private void dropped(Object message) {
    local.tally().kept(-1);
    local.tally().dropped(message, "for the paused instance", getContext().getSelf());
  }
}
