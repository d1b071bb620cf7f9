package io.pekkoraft.testkit.fullstack;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.apache.pekko.actor.ActorPath;
import org.apache.pekko.actor.ActorRef;
import org.jspecify.annotations.Nullable;

/**
 * One start of a machine: all that an actor system and what it runs may do goes through here, so
 * that a crash takes all of it at once. Nothing of a life that is over happens any more.
 */
final class Life {
  private static final ThreadLocal<@Nullable Life> CURRENT = new ThreadLocal<>();

  private final Machine machine;
  private final VirtualTime time;
  private final List<Runnable> frozen = new ArrayList<>();
  private @Nullable Door door;
  private boolean over;
  private boolean paused;

  Life(Machine machine, VirtualTime time) {
    this.machine = machine;
    this.time = time;
  }

  /**
   * Whose code is running: what Pekko makes from a class name has no other way to know.
   *
   * @throws IllegalStateException outside of a simulation
   */
  static Life current() {
    return Objects.requireNonNull(
        CURRENT.get(), "only for actor systems that a VirtualWorld has started");
  }

  Machine machine() {
    return machine;
  }

  VirtualTime time() {
    return time;
  }

  void attach(Door made) {
    door = made;
  }

  Door door() {
    return Objects.requireNonNull(door, "the actor system is not there yet");
  }

  void send(ActorPath recipient, Object message, @Nullable ActorRef sender) {
    if (!over) {
      machine.world().network().send(this, recipient, message, sender);
    }
  }

  boolean isOver() {
    return over;
  }

  /** Runs code of this life: what it makes belongs to it. Ends this life if the power goes. */
  void run(Runnable code) {
    if (over) {
      return;
    }
    if (paused) {
      frozen.add(code);
      return;
    }
    Life outer = CURRENT.get();
    CURRENT.set(this);
    try {
      code.run();
    } catch (PowerLost lost) {
      // The machine has seen to it already; this only ends what was running.
      if (!over) {
        throw lost;
      }
    } finally {
      CURRENT.set(outer);
    }
    machine.world().listener().settled(machine);
  }

  /** Runs code that may wait for futures; while it waits, all that is ready runs. */
  <T> T call(Supplier<T> code) {
    List<T> result = new ArrayList<>(1);
    time.pumping(
        () -> {
          run(() -> result.add(code.get()));
          return true;
        });
    return result.get(0);
  }

  /** A task of a dispatcher. */
  void execute(Runnable task) {
    if (!over) {
      time.ready(() -> run(task));
    }
  }

  /** Something at a later time of this life. */
  void after(long virtualNanos, Runnable what) {
    time.after(virtualNanos, () -> run(what));
  }

  void pause() {
    paused = true;
  }

  /** What came while it was paused happens now, in its order. */
  void resume() {
    paused = false;
    Deque<Runnable> missed = new ArrayDeque<>(frozen);
    frozen.clear();
    missed.forEach(what -> time.at(time.nowNanos(), () -> run(what)));
  }

  boolean isPaused() {
    return paused;
  }

  void end() {
    over = true;
    frozen.clear();
  }
}
