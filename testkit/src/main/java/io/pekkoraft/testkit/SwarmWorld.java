package io.pekkoraft.testkit;

import io.pekkoraft.api.Outcome;
import io.pekkoraft.codec.EnvelopeSerializer;
import io.pekkoraft.layout.MalformedBytesException;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.testkit.fault.Weather;
import io.pekkoraft.testkit.fault.World;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** A simulated group in the hands of faults, which in the end all let go of it. */
final class SwarmWorld implements World {
  private final Simulation simulation;
  private final SimulatedNetwork network;
  private final EnvelopeSerializer codec = new EnvelopeSerializer();
  private boolean calm;

  SwarmWorld(Simulation simulation) {
    this.simulation = simulation;
    this.network = simulation.network();
  }

  private SimulatedNode node(int member) {
    return simulation.nodes().get(member);
  }

  boolean isCalm() {
    return calm;
  }

  /** No more faults; all members run that can, all links are good, all disks are fast. */
  void calm() {
    calm = true;
    simulation.noteWorld("calm");
    heal();
    for (int from = 0; from < size(); from++) {
      for (int to = 0; to < size(); to++) {
        weather(from, to, Weather.CALM);
      }
    }
    simulation.setDisk(100_000, 1_000_000);
    simulation.setApply(100_000);
    simulation.poison().mend();
    for (SimulatedNode node : simulation.nodes()) {
      node.resume();
      node.clock().goOn(simulation.nowNanos());
      node.disk().trouble().end();
      if (node.isRunning() && simulation.invariants().mayFail(node)) {
        node.crash();
      }
      start(node.index());
      node.running().slowDisk(1);
      node.running().slowApply(1);
      node.running().delayTimers(0);
      node.running().releaseWrites();
    }
  }

  // --- the group

  @Override
  public int size() {
    return simulation.nodes().size();
  }

  @Override
  public int leader() {
    for (SimulatedNode node : simulation.nodes()) {
      if (node.isLeader()) {
        return node.index();
      }
    }
    return NOBODY;
  }

  @Override
  public long electionTimeoutNanos() {
    return simulation.electionTimeoutNanos();
  }

  @Override
  public void later(long afterNanos, Runnable what) {
    simulation.schedule(
        afterNanos,
        () -> {
          if (!calm) {
            what.run();
          }
        });
  }

  // --- the network

  @Override
  public void cut(int from, int to) {
    if (from != to) {
      network.cutOneWay(from, to);
    }
  }

  @Override
  public void heal() {
    network.healAll();
  }

  @Override
  public void heal(int from, int to) {
    network.link(from, to).cut = false;
  }

  @Override
  public void weather(int from, int to, Weather weather) {
    network.link(from, to).set(weather);
  }

  @Override
  public List<Envelope> recent() {
    return network.recent();
  }

  @Override
  public void deliver(int to, Envelope envelope) {
    simulation.scheduleAt(simulation.nowNanos(), node(to), EventQueue.ANY_LIFE, envelope);
  }

  @Override
  public void deliverBytes(int to, byte[] bytes) {
    try {
      Object read = codec.fromBinary(bytes, codec.manifest(bytes));
      throw simulation
          .invariants()
          .violation("bytes that nobody wrote are no message", read.toString());
    } catch (MalformedBytesException e) {
      simulation.counters().add(Counters.Kind.MALFORMED_DROPPED);
    }
  }

  // --- processes

  @Override
  public boolean isRunning(int member) {
    return node(member).isRunning();
  }

  @Override
  public void crash(int member) {
    node(member).crash();
  }

  @Override
  public void start(int member) {
    if (!node(member).isRunning()) {
      simulation.counters().add(Counters.Kind.RESTART);
      node(member).start();
    }
  }

  @Override
  public void pause(int member) {
    node(member).pause();
  }

  @Override
  public void resume(int member) {
    node(member).resume();
  }

  // --- disks

  private void whileRunning(int member, Consumer<SimulatedProcess> what) {
    SimulatedProcess process = node(member).process();
    if (process != null) {
      what.accept(process);
    }
  }

  @Override
  public void failNextWrite(int member) {
    whileRunning(member, SimulatedProcess::failNextWrite);
  }

  @Override
  public boolean hasFailed(int member) {
    return isRunning(member) && simulation.invariants().hasFailed(node(member));
  }

  @Override
  public void slowDisk(int member, long factor) {
    whileRunning(member, process -> process.slowDisk(factor));
  }

  @Override
  public void holdWrites(int member, boolean hold) {
    whileRunning(
        member,
        process -> {
          if (hold) {
            process.holdWrites();
          } else {
            process.releaseWrites();
          }
        });
  }

  @Override
  public void fillDisk(int member, boolean full) {
    node(member).disk().trouble().full = full;
  }

  @Override
  public void refuseSnapshots(int member, boolean refuse) {
    node(member).disk().trouble().refusesSnapshots = refuse;
  }

  @Override
  public void hideSnapshotParts(int member, boolean hide) {
    node(member).disk().trouble().hidesParts = hide;
  }

  @Override
  public void flipSnapshotParts(int member, boolean flip) {
    node(member).disk().trouble().flipsParts = flip;
  }

  /** Those left are a majority, or nothing could be asked of them. */
  private boolean mayLose(int member) {
    long out = simulation.nodes().stream().filter(SimulatedNode::isOut).count();
    return !node(member).isOut() && out + 1 <= (size() - 1) / 2;
  }

  @Override
  public boolean damage(int member) {
    if (!mayLose(member)) {
      return false;
    }
    node(member).crash();
    if (!node(member).disk().damageLastEntry()) {
      start(member);
      return false;
    }
    node(member).damaged();
    return true;
  }

  @Override
  public boolean wipe(int member) {
    if (!mayLose(member)) {
      return false;
    }
    node(member).crash();
    node(member).wipe();
    return true;
  }

  // --- clocks

  @Override
  public void delayTimers(int member, long upToNanos) {
    whileRunning(member, process -> process.delayTimers(upToNanos));
  }

  @Override
  public boolean stopClock(int member) {
    if (!simulation.driftsBeyondBound()) {
      return false;
    }
    node(member).clock().stop(simulation.nowNanos());
    return true;
  }

  @Override
  public void goOnClock(int member) {
    node(member).clock().goOn(simulation.nowNanos());
  }

  // --- state machines and clients

  @Override
  public void slowApply(int member, long factor) {
    whileRunning(member, process -> process.slowApply(factor));
  }

  @Override
  public void proposePoison(int member) {
    Operation operation = simulation.propose(node(member), 16, Duration.ofSeconds(3));
    simulation.poison().add(operation.id());
  }

  @Override
  public void mendStateMachines() {
    simulation.poison().mend();
    for (int member = 0; member < size(); member++) {
      if (hasFailed(member)) {
        crash(member);
        start(member);
      }
    }
  }

  @Override
  public int maxCommandBytes() {
    return simulation.settings().maxCommandBytes();
  }

  @Override
  public long maxUncommittedBytes() {
    return simulation.settings().maxUncommittedBytes();
  }

  @Override
  public void propose(int member, int bytes, long timeoutNanos) {
    if (isRunning(member) && simulation.workload().hasCommands()) {
      simulation.propose(node(member), bytes, Duration.ofNanos(timeoutNanos));
    }
  }

  @Override
  public void proposeAndRetry(int member, int bytes, long timeoutNanos, int retries) {
    if (!isRunning(member)) {
      return;
    }
    simulation.propose(
        node(member),
        new byte[bytes - Long.BYTES],
        0,
        Duration.ofNanos(timeoutNanos),
        outcome -> {
          if (!(outcome instanceof Outcome.Committed) && retries > 0 && !calm) {
            simulation.counters().add(Counters.Kind.RETRIED);
            int other = (member + 1) % size();
            later(1, () -> proposeAndRetry(other, bytes, timeoutNanos, retries - 1));
          }
        });
  }

  @Override
  public void transfer(int from, int to, long timeoutNanos) {
    NodeId target = to == NOBODY ? null : node(to).id();
    simulation.transfer(node(from), target, Duration.ofNanos(timeoutNanos));
  }
}
