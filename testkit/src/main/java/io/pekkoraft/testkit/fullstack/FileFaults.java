package io.pekkoraft.testkit.fullstack;

import io.pekkoraft.api.RaftStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;

/**
 * What befalls the files of members while they do not run: damage, and that all are gone. There is
 * no way back from what is lost so, thus only a minority is ever struck. Whoever has lost something
 * takes no part any more, and says why; where nothing was hit that matters a member goes on.
 */
final class FileFaults {
  private static final long RETRY_MILLIS = 300;

  /** One of these is in the reason of whoever has found his files damaged, or gone. */
  private static final List<String> REASONS =
      List.of("NEEDS_REPAIR", "NEEDS_READMISSION", "DAMAGED", "damaged", "is missing");

  private final FullStackFaults faults;
  private final FullStackCluster cluster;
  private final FullStackPlan plan;
  private final SplittableRandom random;
  private final Set<String> struck = new TreeSet<>();
  private final Set<String> wiped = new TreeSet<>();

  /** After how many damages a member was seen to take part again, before the next one. */
  private int withoutLoss;

  /** How many of those that were struck take part at the end. */
  private int takingPart;

  FileFaults(
      FullStackFaults faults,
      FullStackCluster cluster,
      FullStackPlan plan,
      SplittableRandom random) {
    this.faults = faults;
    this.cluster = cluster;
    this.plan = plan;
    this.random = random;
  }

  /** How often damage did not matter: its member took part again. */
  int withoutLoss() {
    return withoutLoss + takingPart;
  }

  void begin() {
    if (plan.has(FullStackFault.DAMAGE)) {
      later(plan.faultMillis() / 20, plan.faultMillis() / 2, this::damageSome);
    }
    if (plan.has(FullStackFault.WIPE)) {
      later(plan.faultMillis() / 4, plan.faultMillis() * 3 / 4, this::wipeSome);
    }
  }

  private void later(long leastMillis, long mostMillis, Runnable what) {
    faults.later(Duration.ofMillis(random.nextLong(leastMillis, mostMillis + 1)), what);
  }

  private boolean mayStrike(String name) {
    int most = (cluster.names().size() - 1) / 2;
    return struck.contains(name) || struck.size() < most;
  }

  private void damageSome() {
    List<String> whole =
        cluster.names().stream()
            .filter(name -> mayStrike(name) && !cluster.disks().isLost(name))
            .toList();
    if (!whole.isEmpty() && damage(any(whole))) {
      later(1_000, 6_000, this::damageSome);
    } else {
      later(RETRY_MILLIS, RETRY_MILLIS, this::damageSome);
    }
  }

  /** Not before the damage: who has nothing left can take no damage. */
  private void wipeSome() {
    List<String> there =
        cluster.names().stream().filter(name -> mayStrike(name) && !wiped.contains(name)).toList();
    boolean early = plan.has(FullStackFault.DAMAGE) && !faults.hasCome(FullStackFault.DAMAGE);
    if (!early && !there.isEmpty() && wipe(any(there))) {
      later(3_000, 10_000, this::wipeSome);
    } else {
      later(RETRY_MILLIS, RETRY_MILLIS, this::wipeSome);
    }
  }

  private String any(List<String> names) {
    return names.get(random.nextInt(names.size()));
  }

  /** What was flushed is looked at first: of the rest nothing was promised. */
  private boolean damage(String name) {
    Machine machine = cluster.machine(name);
    boolean founded = cluster.disks().look(machine).founded();
    StoredEvents before = FullStackMember.salvage(machine);
    if (!founded || before == null) {
      return false;
    }
    boolean goesOn = machine.members().stream().anyMatch(HeardMember::takesPart);
    withoutLoss += struck.contains(name) && goesOn ? 1 : 0;
    turnOff(machine);
    String what = DiskDamage.strike(machine.disk(), random);
    if (what != null) {
      StoredEvents after = FullStackMember.salvage(machine);
      boolean lost = after == null || !after.comprises(before);
      cluster.world().fault(name, what + (lost ? ": events are lost" : ""));
      struck.add(name);
      if (lost) {
        cluster.disks().lost(machine, what);
      }
      faults.count(FullStackFault.DAMAGE);
    }
    startLater(name);
    return what != null;
  }

  private boolean wipe(String name) {
    Machine machine = cluster.machine(name);
    if (!cluster.disks().look(machine).founded()) {
      return false;
    }
    turnOff(machine);
    machine.disk().wipe();
    cluster.world().fault(name, "all its files are gone");
    struck.add(name);
    wiped.add(name);
    cluster.disks().lost(machine, "all its files are gone");
    faults.count(FullStackFault.WIPE);
    startLater(name);
    return true;
  }

  private void turnOff(Machine machine) {
    if (machine.isRunning() && random.nextBoolean()) {
      machine.losePower();
    } else {
      machine.kill();
    }
    machine.disk().settle();
    faults.isGone(machine.name());
  }

  private void startLater(String name) {
    later(10, 3_000, () -> cluster.start(name));
  }

  // --- in the calm at the end

  /**
   * Who takes part.
   *
   * @throws AssertionError if somebody takes part who has lost something, or does not say why he
   *     does not
   */
  List<String> takingPart(StatusChecks statuses) {
    takingPart = 0;
    List<String> there = new ArrayList<>(cluster.names());
    for (String name : struck) {
      RaftStatus status = statuses.last(name);
      if (status != null && status.role() == RaftStatus.Role.FAILED) {
        requireReason(name, status);
        there.remove(name);
      } else if (mustFail(name)) {
        throw cluster
            .world()
            .violated("I28 a member that cannot go on says so", name + ": " + status);
      } else {
        takingPart++;
      }
    }
    return there;
  }

  private void requireReason(String name, RaftStatus status) {
    boolean leads = cluster.group(name).leadership() != null;
    if (leads || REASONS.stream().noneMatch(status.reason()::contains)) {
      throw cluster
          .world()
          .violated(
              "I28 a member whose files are damaged says so",
              name + (leads ? " leads; " : ": ") + status);
    }
  }

  private boolean mustFail(String name) {
    return cluster.disks().isLost(name)
        || cluster.disks().look(cluster.machine(name)).isStateDamaged();
  }
}
