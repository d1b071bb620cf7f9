package io.pekkoraft.testkit.fullstack;

import java.time.Duration;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Brings about the faults that a seed has drawn, one after the other, and undoes each. */
final class FullStackFaults {
  /** With so many, none in fifty is lost once in 24,000 runs. */
  private static final int ENOUGH_MESSAGES = 500;

  /**
   * A member that its storage has failed, or that nobody asks for anything, uses its disk no more.
   */
  private static final Duration POWER_GOES_WITHIN = Duration.ofSeconds(1);

  private final FullStackCluster cluster;
  private final VirtualWorld world;
  private final FullStackPlan plan;
  private final SplittableRandom random;
  private final Map<FullStackFault, Long> counts = new EnumMap<>(FullStackFault.class);
  private final long gapNanos;
  private final Set<String> ending = new HashSet<>();
  private final Set<String> losingPower = new HashSet<>();
  private final FileFaults files;
  private final ForeignMail mail;
  private boolean on;

  /** How many could have been lost, doubled or overtaken. */
  private long messages;

  FullStackFaults(FullStackCluster cluster, FullStackPlan plan, SplittableRandom random) {
    this.cluster = cluster;
    this.world = cluster.world();
    this.plan = plan;
    this.random = random;
    this.gapNanos = random.nextLong(300_000_000, 1_500_000_000);
    plan.faults().forEach(fault -> counts.put(fault, 0L));
    SplittableRandom apart = plan.randomApart();
    this.files = new FileFaults(this, cluster, plan, apart.split());
    this.mail = new ForeignMail(this, world, plan, apart.split());
  }

  /** What befalls members' files. */
  FileFaults files() {
    return files;
  }

  /** How often each that there is has come. */
  Map<FullStackFault, Long> counts() {
    return counts;
  }

  /**
   * What should have come and has not. Data that is lost needs a loss of power that finds some, and
   * what befalls one message in fifty needs some hundreds of them.
   */
  List<FullStackFault> missing() {
    return counts.entrySet().stream()
        .filter(entry -> entry.getValue() == 0)
        .map(Map.Entry::getKey)
        .filter(fault -> fault != FullStackFault.UNFLUSHED_LOSS)
        .filter(fault -> !fault.befallsMessages() || messages >= ENOUGH_MESSAGES)
        .toList();
  }

  void count(FullStackFault fault) {
    counts.merge(fault, 1L, Long::sum);
  }

  /** Its process is gone, whatever was under way to end it. */
  void isGone(String name) {
    ending.remove(name);
  }

  /** Whether a member is stopping, or its actor system terminates. */
  boolean isEnding(String name) {
    return ending.contains(name);
  }

  boolean hasCome(FullStackFault fault) {
    return counts.getOrDefault(fault, 0L) > 0;
  }

  // --- from beginning to end

  /** Before any machine starts. */
  void prepare() {
    boolean drift = plan.has(FullStackFault.CLOCK_DRIFT);
    for (Machine machine : world.machines()) {
      machine.disk().setLosesUnflushed(plan.has(FullStackFault.UNFLUSHED_LOSS));
      if (drift) {
        machine.setClockRate(1 + random.nextDouble(-0.05, 0.05));
        count(FullStackFault.CLOCK_DRIFT);
      }
    }
    world.time().setAnyOrder(plan.has(FullStackFault.SCHEDULING));
    delayAsUsual();
    Network network = world.network();
    network.lose(plan.has(FullStackFault.LOSS) ? random.nextDouble(0.02, 0.1) : 0);
    network.duplicate(plan.has(FullStackFault.DUPLICATION) ? random.nextDouble(0.02, 0.1) : 0);
    network.reorder(plan.has(FullStackFault.REORDERING) ? random.nextDouble(0.02, 0.3) : 0);
  }

  private void delayAsUsual() {
    world
        .network()
        .delay(
            Duration.ofNanos(random.nextLong(50_000, 1_000_000)),
            Duration.ofNanos(random.nextLong(1_000_000, 30_000_000)));
  }

  void begin() {
    on = true;
    next();
    files.begin();
    mail.begin();
  }

  /** Each fault once, in any order, and then whatever comes. */
  private void next() {
    List<FullStackFault> events = plan.events();
    if (!on || events.isEmpty()) {
      return;
    }
    List<FullStackFault> unseen = events.stream().filter(fault -> !hasCome(fault)).toList();
    List<FullStackFault> from = unseen.isEmpty() ? events : unseen;
    happen(from.get(random.nextInt(from.size())));
    world.schedule(random.nextLong(gapNanos / 4, gapNanos), this::next);
  }

  /** All is well from now on; all members run. */
  void end() {
    on = false;
    for (String name : List.copyOf(losingPower)) {
      cluster.machine(name).losePower();
      hasLostPower(name);
    }
    Network network = world.network();
    messages = network.sent() - (network.lost() - network.lostByChance());
    counts.replace(FullStackFault.LOSS, network.lostByChance());
    counts.replace(FullStackFault.DUPLICATION, network.doubled());
    counts.replace(FullStackFault.REORDERING, network.overtaken());
    counts.replace(FullStackFault.SCHEDULING, world.time().overtaken());
    counts.replace(
        FullStackFault.UNFLUSHED_LOSS,
        world.machines().stream().mapToLong(machine -> machine.disk().piecesLost()).sum());
    network.lose(0);
    network.duplicate(0);
    network.reorder(0);
    delayAsUsual();
    network.healAll();
    for (String name : cluster.names()) {
      Machine machine = cluster.machine(name);
      machine.disk().heal();
      machine.resume();
      // Whose storage failed takes no part until its process starts again, nor who is just ending.
      if (machine.disk().hasFailed() || ending.contains(name)) {
        machine.kill();
      }
      cluster.start(name);
    }
  }

  // --- single faults

  private void happen(FullStackFault fault) {
    String name = cluster.names().get(random.nextInt(cluster.names().size()));
    String leader = cluster.leader();
    if (leader != null && random.nextBoolean()) {
      name = leader;
    }
    switch (fault) {
      case DELAY -> delay();
      case ONE_WAY_CUT -> cutOneWay(name);
      case PARTITION -> partition();
      case PAUSE -> pause(name);
      case KILL -> kill(name);
      case TERMINATION -> terminate(name);
      case STOP -> stop(name);
      case POWER_LOSS -> losePower(name);
      case POWER_LOSS_OF_ALL -> losePowerOfAll();
      case SLOW_DISK -> slowDisk(name);
      case FLUSH_ERROR -> failFlush(name);
      case DISK_FULL -> fillDisk(name);
      case TRANSFER -> transfer(leader);
      default -> throw new IllegalArgumentException(fault.toString());
    }
  }

  private Duration time(long leastMillis, long mostMillis) {
    return Duration.ofMillis(random.nextLong(leastMillis, mostMillis));
  }

  /** Later, unless all is to be well by then anyway. */
  void later(Duration after, Runnable what) {
    world.schedule(
        after.toNanos(),
        () -> {
          if (on) {
            what.run();
          }
        });
  }

  private @Nullable String other(String name) {
    List<String> others = cluster.others(name);
    return others.isEmpty() ? null : others.get(random.nextInt(others.size()));
  }

  private void delay() {
    world.network().delay(Duration.ofMillis(1), time(200, 3_000));
    count(FullStackFault.DELAY);
    later(time(200, 3_000), this::delayAsUsual);
  }

  private void cutOneWay(String name) {
    String other = other(name);
    if (other != null) {
      cluster.cutOneWay(name, other);
      count(FullStackFault.ONE_WAY_CUT);
      later(time(500, 5_000), () -> world.network().heal(name, other));
    }
  }

  private void partition() {
    List<String> names = cluster.names();
    List<String> side = names.stream().filter(name -> random.nextBoolean()).toList();
    for (String one : side) {
      for (String other : names) {
        if (!side.contains(other)) {
          cluster.cut(one, other);
        }
      }
    }
    if (!side.isEmpty() && side.size() < names.size()) {
      count(FullStackFault.PARTITION);
    }
    later(time(500, 5_000), cluster::heal);
  }

  private void pause(String name) {
    Machine machine = cluster.machine(name);
    if (machine.isRunning()) {
      machine.pause();
      count(FullStackFault.PAUSE);
      later(time(100, 4_000), machine::resume);
    }
  }

  private void startLater(String name) {
    later(time(10, 3_000), () -> cluster.start(name));
  }

  private void kill(String name) {
    if (cluster.isRunning(name)) {
      cluster.machine(name).kill();
      count(FullStackFault.KILL);
      startLater(name);
    }
  }

  private void terminate(String name) {
    Machine machine = cluster.machine(name);
    if (cluster.isRunning(name) && !machine.isPaused()) {
      ending.add(name);
      machine.beginTermination(() -> hasEnded(name));
      count(FullStackFault.TERMINATION);
    }
  }

  private void stop(String name) {
    if (cluster.isRunning(name) && !cluster.machine(name).isPaused()) {
      ending.add(name);
      cluster.stop(name, time(100, 3_000), () -> hasEnded(name));
      count(FullStackFault.STOP);
    }
  }

  private void hasEnded(String name) {
    ending.remove(name);
    startLater(name);
  }

  /** In the middle of one of the next calls of its stores, or by itself if there are none. */
  private void losePower(String name) {
    Machine machine = cluster.machine(name);
    if (machine.isRunning() && losingPower.add(name)) {
      machine.disk().losePowerAfter(random.nextInt(1, 12));
      long atLatest = world.nowNanos() + POWER_GOES_WITHIN.toNanos();
      untilPowerIsLost(name, machine.powerLosses(), atLatest);
    }
  }

  private void untilPowerIsLost(String name, long before, long atLatest) {
    Machine machine = cluster.machine(name);
    if (machine.isRunning() && world.nowNanos() >= atLatest) {
      machine.losePower();
    }
    if (machine.powerLosses() > before) {
      hasLostPower(name);
      startLater(name);
    } else {
      later(Duration.ofMillis(10), () -> untilPowerIsLost(name, before, atLatest));
    }
  }

  private void hasLostPower(String name) {
    losingPower.remove(name);
    count(FullStackFault.POWER_LOSS);
  }

  private void losePowerOfAll() {
    world.losePower();
    count(FullStackFault.POWER_LOSS_OF_ALL);
    cluster.names().forEach(this::startLater);
  }

  private void slowDisk(String name) {
    Disk disk = cluster.machine(name).disk();
    disk.setLatency(Duration.ofMillis(1), time(2, 400));
    count(FullStackFault.SLOW_DISK);
    later(time(500, 5_000), () -> disk.setLatency(Duration.ZERO, Duration.ZERO));
  }

  private void failFlush(String name) {
    Machine machine = cluster.machine(name);
    long before = machine.disk().failedFlushes();
    machine.disk().failFlushAfter(random.nextInt(5));
    untilFlushFailed(name, before);
  }

  private void untilFlushFailed(String name, long before) {
    Machine machine = cluster.machine(name);
    if (machine.disk().failedFlushes() > before) {
      count(FullStackFault.FLUSH_ERROR);
      later(
          time(200, 2_000),
          () -> {
            if (random.nextBoolean()) {
              machine.losePower();
            } else {
              machine.kill();
            }
            startLater(name);
          });
    } else {
      later(Duration.ofMillis(20), () -> untilFlushFailed(name, before));
    }
  }

  private void fillDisk(String name) {
    Machine machine = cluster.machine(name);
    machine.disk().setUsable(random.nextLong(0, 200_000));
    count(FullStackFault.DISK_FULL);
    later(
        time(500, 5_000),
        () -> {
          machine.disk().setUsable(Long.MAX_VALUE);
          if (machine.disk().hasLackedSpace()) {
            machine.kill();
            startLater(name);
          }
        });
  }

  private void transfer(@Nullable String leader) {
    if (leader != null && cluster.isRunning(leader)) {
      cluster.group(leader).transferLeadership(null, time(5, 2_000));
      count(FullStackFault.TRANSFER);
    }
  }
}
