package io.pekkoraft.singleton;

import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.apache.pekko.actor.DeadLetterSuppression;
import org.apache.pekko.actor.NotInfluenceReceiveTimeout;
import org.apache.pekko.actor.UnhandledMessage;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.BehaviorInterceptor;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.PreRestart;
import org.apache.pekko.actor.typed.Signal;
import org.apache.pekko.actor.typed.TypedActorContext;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;

/**
 * The outermost layer of an instance: lets it do something only if it may act at this instant. The
 * start, each message, each timer and each signal wait here, in order, until then; only {@link
 * PostStop} and {@link PreRestart} pass always. Lives in the instance's actor.
 *
 * <p>A timer that has fired waits as the message it is: it comes although one before it cancels it.
 */
final class Gate<M> extends BehaviorInterceptor<Object, M> {

  /** What the tenure says to the gate; never reaches the application. */
  enum Command implements NotInfluenceReceiveTimeout, DeadLetterSuppression {
    /** It may act again; or so it seemed: look. */
    OPEN,
    /** Stop, when all that was sent before has been handled. */
    STOP,
    /** To itself: the first that waits is a message, and its turn has come. */
    NEXT_MESSAGE
  }

  /** To itself: the first that waits is a signal, and its turn has come. */
  private enum NextSignal implements Signal, NotInfluenceReceiveTimeout, DeadLetterSuppression {
    NEXT_SIGNAL
  }

  private final BooleanSupplier mayAct;
  private final Optional<M> stopMessage;
  private final Runnable onClosed;
  private final Tally tally;
  private final ActorContext<Object> context;
  private final MessageBuffer waiting;
  private @Nullable PreStartTarget<M> startWhenOpen;
  private boolean turnSent;

  private Gate(
      ActorContext<Object> context,
      BooleanSupplier mayAct,
      Optional<M> stopMessage,
      int bufferSize,
      Runnable onClosed,
      Tally tally) {
    super(Object.class);
    this.context = context;
    this.mayAct = mayAct;
    this.stopMessage = stopMessage;
    this.onClosed = onClosed;
    this.tally = tally;
    waiting = new MessageBuffer(bufferSize, Gate::isDroppable, this::dropped);
  }

  /**
   * @param mayAct read just before each act, in the instance's actor
   * @param stopMessage given to the behaviour at {@link Command#STOP}; empty: it is stopped
   * @param onClosed called when something has to wait: whoever knows when the gate is open again
   *     shall say {@link Command#OPEN}
   */
  static <M> Behavior<Object> around(
      Behavior<M> behavior,
      BooleanSupplier mayAct,
      Optional<M> stopMessage,
      int bufferSize,
      Runnable onClosed,
      Tally tally) {
    return Behaviors.setup(
        context ->
            Behaviors.intercept(
                () -> new Gate<>(context, mayAct, stopMessage, bufferSize, onClosed, tally),
                behavior));
  }

  /**
   * A behaviour that misses a signal, or an answer that Pekko owes it (a persistent actor the one
   * of its journal), would be stuck for ever. They are few.
   */
  private static boolean isDroppable(Object waiting) {
    return !(waiting instanceof Signal)
        && waiting != Command.STOP
        && !waiting.getClass().getName().startsWith("org.apache.pekko.");
  }

  @Override
  public Behavior<M> aroundStart(TypedActorContext<Object> ctx, PreStartTarget<M> target) {
    if (mayAct.getAsBoolean()) {
      return target.start(ctx);
    }
    startWhenOpen = target;
    onClosed.run();
    return Behaviors.empty();
  }

  @Override
  public Behavior<M> aroundReceive(
      TypedActorContext<Object> ctx, Object message, ReceiveTarget<M> target) {
    if (message == Command.OPEN) {
      return onOpen(ctx);
    }
    if (message == Command.NEXT_MESSAGE) {
      return onTurn(false, next -> deliver(ctx, next, target));
    }
    if (someWait() || !mayAct.getAsBoolean()) {
      return keep(message);
    }
    return message == Command.STOP
        ? deliver(ctx, message, target)
        : target.apply(ctx, asMessage(message));
  }

  @Override
  public Behavior<M> aroundSignal(
      TypedActorContext<Object> ctx, Signal signal, SignalTarget<M> target) {
    if (signal instanceof PostStop) {
      waiting.drainTo(this::tooLate);
      return target.apply(ctx, signal);
    }
    if (signal instanceof PreRestart) {
      return target.apply(ctx, signal);
    }
    if (signal == NextSignal.NEXT_SIGNAL) {
      return onTurn(true, next -> target.apply(ctx, (Signal) next));
    }
    if (someWait() || !mayAct.getAsBoolean()) {
      return keep(signal);
    }
    return target.apply(ctx, signal);
  }

  private boolean someWait() {
    return startWhenOpen != null || !waiting.isEmpty();
  }

  private Behavior<M> keep(Object arrived) {
    boolean first = !someWait();
    tally.kept(1); // Before an older one is dropped for it, which whoever looks may see.
    waiting.add(arrived);
    if (first) {
      onClosed.run();
    }
    return Behaviors.same();
  }

  private Behavior<M> onOpen(TypedActorContext<Object> ctx) {
    if (!mayAct.getAsBoolean()) {
      onClosed.run();
      return Behaviors.same();
    }
    sendTurn();
    PreStartTarget<M> start = startWhenOpen;
    if (start == null) {
      return Behaviors.same();
    }
    startWhenOpen = null;
    return Behavior.validateAsInitial(start.start(ctx));
  }

  /** One turn each, so that the behaviour that one returns is in place for the next. */
  private void sendTurn() {
    Object first = waiting.peek();
    if (first != null && !turnSent) {
      turnSent = true;
      context
          .getSelf()
          .tell(first instanceof Signal ? NextSignal.NEXT_SIGNAL : Command.NEXT_MESSAGE);
    }
  }

  private Behavior<M> onTurn(boolean ofSignal, Function<Object, Behavior<M>> deliver) {
    turnSent = false;
    Object first = waiting.peek();
    if (first == null) {
      return Behaviors.same();
    }
    if (!mayAct.getAsBoolean()) {
      onClosed.run();
      return Behaviors.same();
    }
    if (first instanceof Signal == ofSignal) {
      waiting.poll();
      tally.kept(-1);
      sendTurn();
      return deliver.apply(first);
    }
    sendTurn(); // The one whose turn it was has been dropped.
    return Behaviors.same();
  }

  private Behavior<M> deliver(
      TypedActorContext<Object> ctx, Object message, ReceiveTarget<M> target) {
    if (message != Command.STOP) {
      return give(ctx, message, target);
    }
    return stopMessage.isPresent() ? give(ctx, stopMessage.get(), target) : Behaviors.stopped();
  }

  /** What the actor has received is a command of ours, and Pekko would report that as unhandled. */
  private Behavior<M> give(TypedActorContext<Object> ctx, Object message, ReceiveTarget<M> target) {
    Behavior<M> next = target.apply(ctx, asMessage(message));
    if (!Behavior.isUnhandled(next)) {
      return next;
    }
    ActorSystem<?> system = context.getSystem();
    Adapter.toClassic(system)
        .eventStream()
        .publish(
            new UnhandledMessage(
                message,
                Adapter.toClassic(system).deadLetters(),
                Adapter.toClassic(context.getSelf())));
    return Behaviors.same();
  }

  /** The ref of an instance takes messages of its protocol only. */
  @SuppressWarnings("unchecked")
  private M asMessage(Object message) {
    return (M) message;
  }

  private void dropped(Object message) {
    tally.kept(-1);
    tally.dropped(message, "in the paused instance", context.getSelf());
  }

  private void tooLate(Object message) {
    tally.kept(-1);
    if (!(message instanceof Signal) && message != Command.STOP) {
      ActorRef<Object> deadLetters = context.getSystem().deadLetters();
      deadLetters.tell(message);
    }
  }
}
