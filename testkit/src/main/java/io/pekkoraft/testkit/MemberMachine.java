package io.pekkoraft.testkit;

/** The machine of a member: the session lives and dies with the member's process. */
record MemberMachine(Simulation simulation, SimulatedNode node) implements SessionMachine {

  @Override
  public String name() {
    return node.id().value();
  }

  @Override
  public int index() {
    return node.index();
  }

  @Override
  public boolean isRunning() {
    return node.isRunning();
  }

  @Override
  public long life() {
    return node.running().life();
  }

  @Override
  public long localNanos() {
    return node.localNanos();
  }

  @Override
  public long virtualDuration(long ownNanos) {
    return node.clock().virtualDuration(ownNanos);
  }

  @Override
  public long pausedNanos() {
    return node.pausedNanos();
  }

  @Override
  public boolean isPaused() {
    return node.isPaused();
  }

  @Override
  public void later(long afterNanos, Runnable what) {
    if (node.isRunning()) {
      simulation.scheduleAt(simulation.nowNanos() + afterNanos, node, life(), what);
    }
  }

  @Override
  public void arrives(long atNanos, Runnable what) {
    simulation.scheduleAt(atNanos, node, EventQueue.ANY_LIFE, what);
  }
}
