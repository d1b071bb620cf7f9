package io.pekkoraft.node;

import io.pekkoraft.api.Leadership;
import io.pekkoraft.api.Outcome;
import io.pekkoraft.message.NodeCommand;
import io.pekkoraft.persistence.snapshot.SnapshotFiles;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.pekko.Done;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cares for what a member leaves behind when its actor is gone, in order or not, or could not be
 * started: nobody leads here, all that wait, and all that come later, are answered, and the
 * directory of its snapshots is free.
 */
final class Undertaker {
  private static final Logger LOG = LoggerFactory.getLogger(Undertaker.class);
  private static final Duration EXPIRY_INTERVAL = Duration.ofMillis(10);
  private static final Duration LOOK_AGAIN_AFTER = Duration.ofMillis(1);

  /** An actor of an earlier start may still have its name. */
  private static final AtomicLong STARTED = new AtomicLong();

  private final ActorSystem<?> system;
  private final Gate gate;
  private final SnapshotFiles files;
  private final AtomicReference<@Nullable Leadership> leadership = new AtomicReference<>();
  private final AtomicBoolean buried = new AtomicBoolean();
  private final CompletableFuture<Done> ended = new CompletableFuture<>();
  private volatile @Nullable Cancellable expiry;
  private volatile @Nullable ActorRef<Command> actor;

  private sealed interface Command {}

  private record Watch(ActorRef<NodeCommand> node) implements Command {}

  private record NodeEnded(ActorRef<NodeCommand> node) implements Command {}

  /**
   * @param files from now on in the hands of this
   */
  Undertaker(ActorSystem<?> system, Gate gate, SnapshotFiles files) {
    this.system = system;
    this.gate = gate;
    this.files = files;
  }

  /** Where the node's actor puts its leadership. */
  AtomicReference<@Nullable Leadership> leadership() {
    return leadership;
  }

  /**
   * Completed, by an actor, when the node's actor is gone with all that it left, and its name is
   * free: the member may be started again. Also when the actor system ends.
   */
  CompletableFuture<Done> ended() {
    return ended;
  }

  /**
   * Begins before the node's actor does, so that none is ever alone.
   *
   * @param nodeName the name that the node's actor will have
   */
  void start(String nodeName) {
    DispatcherSelector dispatcher = DispatcherSelector.fromConfig(RaftNode.DISPATCHER);
    expiry =
        system
            .scheduler()
            .scheduleAtFixedRate(
                EXPIRY_INTERVAL,
                EXPIRY_INTERVAL,
                gate::expire,
                system.dispatchers().lookup(dispatcher));
    actor =
        system.systemActorOf(
            Behaviors.withTimers(this::waiting),
            nodeName + "-undertaker-" + STARTED.incrementAndGet(),
            dispatcher);
  }

  /** The node's actor has been started. */
  void watch(ActorRef<NodeCommand> node) {
    Objects.requireNonNull(actor, "started").tell(new Watch(node));
  }

  /** There will be no node's actor: when this returns, nothing is left. */
  void startFailed() {
    bury();
    ActorRef<Command> started = actor;
    if (started != null) {
      Adapter.toClassic(system).stop(Adapter.toClassic(started));
    }
  }

  private Behavior<Command> waiting(TimerScheduler<Command> timers) {
    return Behaviors.setup(
        context ->
            Behaviors.receive(Command.class)
                .onMessage(
                    Watch.class,
                    watch -> {
                      context.watchWith(watch.node(), new NodeEnded(watch.node()));
                      return Behaviors.same();
                    })
                .onMessage(
                    NodeEnded.class,
                    nodeEnded -> {
                      if (!hasItsName(nodeEnded.node())) {
                        return Behaviors.stopped();
                      }
                      timers.startSingleTimer(nodeEnded, LOOK_AGAIN_AFTER);
                      return Behaviors.same();
                    })
                .onSignal(
                    PostStop.class,
                    stopped -> {
                      bury();
                      ended.complete(Done.done());
                      return Behaviors.same();
                    })
                .build());
  }

  /**
   * Whoever watches an actor may hear of its end before its parent, which frees the name, has
   * handled that.
   */
  private boolean hasItsName(ActorRef<NodeCommand> node) {
    return Adapter.toClassic(system) instanceof ExtendedActorSystem extended
        && extended.provider().resolveActorRef(node.path()).equals(Adapter.toClassic(node));
  }

  private void bury() {
    if (!buried.compareAndSet(false, true)) {
      return; // the directory may have another owner by now
    }
    Leadership last = leadership.getAndSet(null);
    if (last != null) {
      last.end();
    }
    Cancellable begun = expiry;
    if (begun != null) {
      begun.cancel();
    }
    gate.close(new Outcome.NoLeader("this member has stopped"));
    try {
      files.close();
    } catch (IOException e) {
      LOG.warn("the directory of the snapshots could not be given up", e);
    }
  }
}
