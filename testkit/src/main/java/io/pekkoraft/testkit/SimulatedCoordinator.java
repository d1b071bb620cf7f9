package io.pekkoraft.testkit;

import io.pekkoraft.api.Leadership;
import io.pekkoraft.api.Outcome;
import io.pekkoraft.coordination.CoordinationTable;
import io.pekkoraft.coordination.Grants;
import io.pekkoraft.coordination.Ping;
import io.pekkoraft.coordination.Pong;
import io.pekkoraft.coordination.Proposal;
import io.pekkoraft.coordination.Proposal.Fate;
import io.pekkoraft.coordination.SessionId;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The production {@link Grants} beside one life of a member. */
final class SimulatedCoordinator {
  private static final Duration PROPOSE_TIMEOUT = Duration.ofSeconds(2);

  private final CoordinationSimulation world;
  private final SimulatedNode node;
  private final SimulatedProcess process;
  private final MemberMachine machine;
  private final Grants grants;
  private final RandomGenerator random;
  private final Map<SessionId, Pong> answered = new HashMap<>();
  private @Nullable Leadership seen;
  private @Nullable Leadership told;

  SimulatedCoordinator(CoordinationSimulation world, SimulatedNode node) {
    this.world = world;
    this.node = node;
    this.process = node.running();
    this.random = world.simulation().splitRandom();
    this.machine = new MemberMachine(world.simulation(), node);
    CoordinationTable table = ((HashedState) process.state()).table();
    this.grants = new Grants(world.grantsSettings(), table::view, node.localNanos());
  }

  boolean isOf(SimulatedProcess other) {
    return process == other;
  }

  void tick() {
    look();
    propose(grants.tick(node.localNanos()));
    machine.later(machine.virtualDuration(world.grantsSettings().pingIntervalNanos()), this::tick);
  }

  private void look() {
    Leadership now = process.leadership();
    if (now != seen) {
      seen = now;
      told = now == null ? null : world.faults().leadership(now);
      if (told == null) {
        grants.following();
      } else {
        grants.leading(told, node.localNanos());
      }
    }
    if (now != null && told != null) {
      world.faults().look(now, told);
    }
  }

  void onPing(Ping ping, SessionMachine from) {
    look();
    Grants.Answer answer = grants.onPing(ping, node.localNanos());
    propose(answer.proposals());
    Pong pong = world.faults().answer(ping, answer.pong(), answered.get(ping.session()));
    if (pong != null) {
      answered.put(ping.session(), pong);
      world.carry(machine, from, () -> world.onPong(from, pong, node));
    }
  }

  private void propose(List<Proposal> proposals) {
    for (Proposal proposal : proposals) {
      machine.later(untilHandled(), () -> propose(proposal));
    }
  }

  /** A busy member takes its time to draw what is proposed. */
  private long untilHandled() {
    boolean busy = world.isRestless() && random.nextInt(5) == 0;
    return random.nextLong(busy ? 1_000_000_000 : 1_000_000);
  }

  private void propose(Proposal proposal) {
    world
        .simulation()
        .propose(
            node,
            proposal.command().toBytes(),
            world.faults().onlyInTerm(proposal.term()),
            PROPOSE_TIMEOUT,
            outcome -> machine.later(0, () -> settled(proposal, outcome)));
  }

  private void settled(Proposal proposal, Outcome outcome) {
    Fate fate =
        outcome instanceof Outcome.Committed
            ? Fate.APPLIED
            : outcome instanceof Outcome.Indeterminate ? Fate.UNKNOWN : Fate.NOT_DONE;
    grants.settled(proposal, fate);
  }
}
