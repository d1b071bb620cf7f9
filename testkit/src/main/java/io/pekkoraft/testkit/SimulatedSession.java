package io.pekkoraft.testkit;

import io.pekkoraft.coordination.Holding;
import io.pekkoraft.coordination.HoldingEvent;
import io.pekkoraft.coordination.Ping;
import io.pekkoraft.coordination.Pong;
import io.pekkoraft.coordination.SessionId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The production {@link Holding} in one life of a process, with instances that handle messages all
 * the time, and an owner that takes leases and gives them back.
 */
final class SimulatedSession {
  private static final int SILENT_INTERVALS = 3;
  private static final long SOON_NANOS = 5_000_000;

  private final CoordinationSimulation world;
  private final SessionMachine machine;
  private final long life;
  private final Holding holding;
  private final RandomGenerator random;
  private final Map<String, Instance> instances = new HashMap<>();
  private @Nullable SimulatedNode coordinator;
  private @Nullable Pong newest;
  private long pongNanos;
  private long pingNanos;
  private long sentNanos;

  SimulatedSession(CoordinationSimulation world, SessionMachine machine) {
    this.world = world;
    this.machine = machine;
    this.life = machine.life();
    this.holding = new Holding(new SessionId("pekko://" + machine.name(), life));
    this.random = world.simulation().splitRandom();
    world.names().forEach(holding::offer);
    world.names().forEach(holding::watch);
  }

  /** True unless its process has ended. */
  boolean isAlive() {
    return machine.isRunning() && machine.life() == life;
  }

  SessionMachine machine() {
    return machine;
  }

  /** What any thread of the process would be told now. */
  boolean holds(String name) {
    Long token = holding.token(name);
    return token != null && holding.holds(name, token, machine.localNanos());
  }

  int hosts() {
    return holding.assigned().size();
  }

  void leave() {
    holding.leave();
    instances.values().forEach(Instance::stop);
  }

  // --- pings and pongs

  void tick() {
    handle(holding.tick(machine.localNanos()));
    ping();
    machine.later(machine.virtualDuration(world.grantsSettings().pingIntervalNanos()), this::tick);
    if (random.nextInt(10) == 0) {
      lease();
    }
    if (world.isRestless() && random.nextInt(30) == 0) {
      giveAway();
    }
  }

  private void ping() {
    long now = machine.localNanos();
    pingNanos = now;
    SimulatedNode known = coordinator;
    boolean silent =
        now - pongNanos > SILENT_INTERVALS * world.grantsSettings().pingIntervalNanos();
    Ping ping = holding.ping(now, known == null || silent);
    sentNanos = ping.sentNanos();
    for (SimulatedNode node : world.simulation().nodes()) {
      if (known == null || silent || node == known) {
        world.carry(machine, world.machine(node), () -> world.onPing(node, ping, machine));
      }
    }
  }

  void onPong(Pong pong, SimulatedNode from) {
    Pong taken = world.faults().received(pong, newest, sentNanos);
    if (newest == null || pong.term() >= newest.term()) {
      coordinator = from;
      pongNanos = machine.localNanos();
    }
    newest = taken;
    handle(holding.onPong(taken, machine.localNanos()));
    if (holding.hasNews() && machine.localNanos() - pingNanos > SOON_NANOS) {
      ping();
    }
  }

  private void handle(List<HoldingEvent> events) {
    for (HoldingEvent event : events) {
      if (event instanceof HoldingEvent.Assigned assigned) {
        world.checks().assigned(assigned.name(), assigned.token(), this);
        Instance instance = new Instance(assigned.name(), assigned.token());
        instances.put(assigned.name(), instance);
        machine.later(random.nextLong(20_000_000), instance::start);
      } else if (event instanceof HoldingEvent.HandOver || event instanceof HoldingEvent.Lost) {
        Instance instance = instances.remove(event.name());
        if (instance != null && event instanceof HoldingEvent.HandOver) {
          instance.stop();
        } else if (instance != null) {
          instance.stopAtOnce();
        }
      } else if (event instanceof HoldingEvent.Granted granted) {
        world.checks().assigned(granted.name(), granted.token(), this);
        machine.later(
            random.nextLong(4_000_000_000L),
            () -> holding.released(granted.name(), granted.token()));
      }
    }
  }

  /** Asks for a lease, as its user may. */
  private void lease() {
    List<String> leases = world.leases();
    String name = leases.get(random.nextInt(leases.size()));
    if (holding.token(name) == null) {
      long timeToLive = random.nextLong(1_500_000_000L, 5_000_000_000L);
      holding.acquire(name, "owner on " + machine.name(), timeToLive, machine.localNanos());
    }
  }

  /** Hosts a name no more, and soon is ready to host it again. */
  private void giveAway() {
    List<String> names = world.names();
    String name = names.get(random.nextInt(names.size()));
    Instance instance = instances.remove(name);
    if (instance != null) {
      holding.withdraw(name);
      instance.stop();
      machine.later(random.nextLong(1_000_000_000), () -> holding.offer(name));
    }
  }

  /** What acts under a name, as the gate lets it. */
  private final class Instance {
    private final String name;
    private final long token;
    private boolean handling;
    private boolean stopping;
    private boolean stopped;

    private Instance(String name, long token) {
      this.name = name;
      this.token = token;
    }

    private void start() {
      if (!stopped) {
        holding.acting(name, token, "pekko://" + machine.name() + "/" + name + "-" + token);
        loop();
      }
    }

    private void loop() {
      if (stopped) {
        return;
      }
      if (stopping) {
        end();
        return;
      }
      boolean open = holding.holds(name, token, machine.localNanos());
      if (open || world.faults().ignoresLease()) {
        handling = true;
        CoordinationChecks.Handler handler =
            world.checks().begins(name, token, SimulatedSession.this);
        machine.later(duration(), () -> handled(handler));
      } else {
        machine.later(gap(), this::loop);
      }
    }

    private void handled(CoordinationChecks.Handler handler) {
      handling = false;
      world.checks().ends(handler);
      machine.later(gap(), this::loop);
    }

    private long duration() {
      long longest = world.longestHandlerNanos();
      return random.nextBoolean() ? longest : random.nextLong(longest);
    }

    private long gap() {
      return random.nextLong(world.longestGapNanos());
    }

    /** The handler that runs comes to its end first. */
    private void stop() {
      stopping = true;
      if (!handling) {
        end();
      }
    }

    private void end() {
      if (!stopped) {
        stopped = true;
        machine.later(random.nextLong(10_000_000), () -> holding.released(name, token));
      }
    }

    private void stopAtOnce() {
      stopped = true;
    }
  }
}
