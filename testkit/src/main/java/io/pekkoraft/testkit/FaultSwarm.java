package io.pekkoraft.testkit;

import io.pekkoraft.testkit.fault.StepKind;
import java.util.function.Consumer;

/**
 * One random run: a {@link Plan} says how large the group is and what happens when; faults come for
 * a while; then all is calm, and the group has to recover.
 */
public final class FaultSwarm {

  /** How a run went; that it returned says that no invariant was violated. */
  public record Result(
      long seed,
      long events,
      long virtualNanos,
      long traceHash,
      long operations,
      Counters counters) {}

  private final Plan plan;
  private final Simulation simulation;
  private final SwarmWorld world;
  private boolean clients = true;

  private FaultSwarm(Plan plan, String replay) {
    Surroundings surroundings = Surroundings.of(plan.seed());
    this.plan = plan;
    this.simulation =
        new Simulation(
            plan.members(),
            surroundings.settings(),
            surroundings.drift(),
            plan.chanceSeed(),
            replay);
    this.world = new SwarmWorld(simulation);
    surroundings.prepare(simulation);
    if (surroundings.drift() > 0) {
      simulation
          .counters()
          .add(
              simulation.driftsBeyondBound()
                  ? Counters.Kind.DRIFT_BEYOND_BOUND
                  : Counters.Kind.DRIFT_WITHIN_BOUND);
    }
  }

  /**
   * Runs a seed.
   *
   * @param replay the command that runs it again, for the report
   * @throws InvariantViolation if something happened that must not, or nothing happened that must
   */
  public static Result run(long seed, String replay) {
    return Pictures.of("faults-" + seed, prepare -> run(seed, replay, prepare));
  }

  /**
   * @param tamper breaks something on purpose, before the start
   */
  static Result run(long seed, String replay, Consumer<Simulation> tamper) {
    return run(Plan.of(seed), replay, tamper);
  }

  /** The same, with a plan that may have been changed. */
  static Result run(Plan plan, String replay, Consumer<Simulation> tamper) {
    FaultSwarm swarm = new FaultSwarm(plan, replay);
    tamper.accept(swarm.simulation);
    swarm.run();
    Simulation done = swarm.simulation;
    return new Result(
        plan.seed(),
        done.events(),
        done.nowNanos(),
        done.traceHash(),
        done.invariants().clients().proposed(),
        done.counters());
  }

  private void run() {
    simulation.nodes().forEach(SimulatedNode::start);
    schedule(0);
    simulation.runUntil(plan.faultMicros() * Step.NANOS_PER_MICRO);
    world.calm();
    new Recovery(simulation).check(() -> clients = false);
    if (plan.partial()) {
      new PartialPartition(simulation, plan.seed()).check();
    }
  }

  private void schedule(int index) {
    if (index < plan.steps().size()) {
      long after = plan.steps().get(index).atNanos() - simulation.nowNanos();
      simulation.schedule(Math.max(0, after), () -> strike(index));
    }
  }

  private void strike(int index) {
    Step step = plan.steps().get(index);
    boolean due = step.kind() == StepKind.COMMANDS ? clients : !world.isCalm();
    if (due) {
      String what = step.kind().strike(world, step.seed());
      if (what != null) {
        simulation.counters().add(step.kind());
        if (step.kind() != StepKind.COMMANDS) {
          simulation.noteWorld(step.kind() + " " + what);
        }
      }
    }
    schedule(index + 1);
  }
}
