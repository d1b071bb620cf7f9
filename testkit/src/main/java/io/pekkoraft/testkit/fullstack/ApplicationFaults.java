package io.pekkoraft.testkit.fullstack;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** Faults that befall an application's processes, one after the other, as a seed draws them. */
final class ApplicationFaults {
  /** One kind of fault. */
  private interface Fault {
    /**
     * @return false if there was nothing that it could happen to
     */
    boolean happen(String name);
  }

  private final ApplicationCluster cluster;
  private final SplittableRandom random;
  private final Map<String, Fault> kinds = new TreeMap<>();
  private final Map<String, Integer> counts = new TreeMap<>();
  private boolean on;

  ApplicationFaults(ApplicationCluster cluster, SplittableRandom random) {
    this.cluster = cluster;
    this.random = random;
    kinds.put("cut off", this::isolate);
    kinds.put("cut of one link", this::cut);
    kinds.put("cut one way", this::cutOneWay);
    kinds.put("pause", this::pause);
    kinds.put("crash", this::crash);
    kinds.put("loss of power", this::losePower);
    kinds.put("termination", this::terminate);
    kinds.put("flapping link", this::flap);
  }

  Map<String, Integer> counts() {
    return counts;
  }

  void begin() {
    on = true;
    Network network = cluster.network();
    network.delay(
        Duration.ofNanos(random.nextLong(50_000, 1_000_000)),
        Duration.ofNanos(random.nextLong(1_000_000, 30_000_000)));
    network.lose(random.nextBoolean() ? random.nextDouble(0.1) : 0);
    network.reorder(random.nextBoolean() ? random.nextDouble(0.3) : 0);
    next();
  }

  void end() {
    on = false;
    Network network = cluster.network();
    network.lose(0);
    network.reorder(0);
    network.delay(Duration.ofNanos(100_000), Duration.ofNanos(500_000));
    network.healAll();
    for (String name : cluster.names()) {
      cluster.resume(name);
      cluster.start(name);
    }
  }

  private void next() {
    if (!on) {
      return;
    }
    List<String> names = new ArrayList<>(kinds.keySet());
    String kind = names.get(random.nextInt(names.size()));
    Fault fault = kinds.get(kind);
    if (fault != null && fault.happen(any(cluster.names()))) {
      counts.merge(kind, 1, Integer::sum);
    }
    later(300, 3_000, this::next);
  }

  private String any(List<String> names) {
    return names.get(random.nextInt(names.size()));
  }

  /** Unless all is to be well by then anyway. */
  private void later(long leastMillis, long mostMillis, Runnable what) {
    cluster
        .world()
        .schedule(
            random.nextLong(leastMillis * 1_000_000, mostMillis * 1_000_000),
            () -> {
              if (on) {
                what.run();
              }
            });
  }

  private boolean isolate(String name) {
    for (String other : cluster.others(name)) {
      cutFor(name, other, 3_000);
      cutFor(other, name, 3_000);
    }
    return true;
  }

  private boolean cut(String name) {
    String other = any(cluster.others(name));
    cutFor(name, other, 3_000);
    cutFor(other, name, 3_000);
    return true;
  }

  private boolean cutOneWay(String name) {
    cutFor(name, any(cluster.others(name)), 3_000);
    return true;
  }

  /** Each direction comes back at a time of its own. */
  private void cutFor(String from, String to, long mostMillis) {
    cluster.cutOneWay(from, to);
    later(50, mostMillis, () -> cluster.network().heal(from, to));
  }

  private boolean flap(String name) {
    flap(name, random.nextInt(3, 8));
    return true;
  }

  private void flap(String name, int times) {
    for (String other : cluster.others(name)) {
      cutFor(name, other, 500);
      cutFor(other, name, 500);
    }
    if (times > 1) {
      later(200, 700, () -> flap(name, times - 1));
    }
  }

  private boolean pause(String name) {
    if (!cluster.isRunning(name) || cluster.machine(name).isPaused()) {
      return false;
    }
    cluster.pause(name);
    later(50, 3_000, () -> cluster.resume(name));
    return true;
  }

  private boolean crash(String name) {
    if (!cluster.isRunning(name)) {
      return false;
    }
    cluster.crash(name);
    startLater(name);
    return true;
  }

  private boolean losePower(String name) {
    if (!cluster.isRunning(name)) {
      return false;
    }
    cluster.losePower(name);
    startLater(name);
    return true;
  }

  private boolean terminate(String name) {
    Machine machine = cluster.machine(name);
    if (!machine.isRunning() || machine.isPaused()) {
      return false;
    }
    machine.beginTermination(() -> startLater(name));
    return true;
  }

  private void startLater(String name) {
    later(10, 3_000, () -> cluster.start(name));
  }
}
