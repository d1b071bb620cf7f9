package io.pekkoraft.testkit;

import java.util.ArrayDeque;
import java.util.Deque;

/** A machine with a clock and a process that can crash and be paused, but no member. */
final class ClientMachine implements SessionMachine {
  private record Waiting(long life, Runnable what) {}

  private final Simulation simulation;
  private final String name;
  private final int index;
  private final SimulatedClock clock;
  private final Deque<Waiting> backlog = new ArrayDeque<>();
  private long life;
  private boolean paused;
  private long pausedNanos;

  ClientMachine(Simulation simulation, String name, int index, SimulatedClock clock) {
    this.simulation = simulation;
    this.name = name;
    this.index = index;
    this.clock = clock;
  }

  void start() {
    life = simulation.random().nextLong() | 1;
  }

  void crash() {
    life = 0;
    paused = false;
    backlog.clear();
    simulation.counters().add(Counters.Kind.CRASH);
  }

  void pause() {
    if (life != 0) {
      simulation.counters().add(Counters.Kind.PAUSE);
      paused = true;
      pausedNanos = simulation.nowNanos();
    }
  }

  void resume() {
    paused = false;
    while (!backlog.isEmpty()) {
      Waiting first = backlog.removeFirst();
      simulation.schedule(0, () -> run(first));
    }
  }

  private void run(Waiting event) {
    if (life == 0 || (event.life() != EventQueue.ANY_LIFE && event.life() != life)) {
      return;
    }
    if (paused) {
      backlog.addLast(event);
    } else {
      event.what().run();
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int index() {
    return index;
  }

  @Override
  public boolean isRunning() {
    return life != 0;
  }

  @Override
  public long life() {
    return life;
  }

  @Override
  public long localNanos() {
    return clock.at(simulation.nowNanos());
  }

  @Override
  public long virtualDuration(long ownNanos) {
    return clock.virtualDuration(ownNanos);
  }

  @Override
  public long pausedNanos() {
    return pausedNanos;
  }

  @Override
  public boolean isPaused() {
    return paused;
  }

  @Override
  public void later(long afterNanos, Runnable what) {
    Waiting event = new Waiting(life, what);
    simulation.schedule(afterNanos, () -> run(event));
  }

  @Override
  public void arrives(long atNanos, Runnable what) {
    Waiting event = new Waiting(EventQueue.ANY_LIFE, what);
    simulation.schedule(atNanos - simulation.nowNanos(), () -> run(event));
  }
}
