package io.pekkoraft.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.testkit.PictureExtension;
import io.pekkoraft.testkit.fullstack.ApplicationCluster;
import io.pekkoraft.testkit.fullstack.ApplicationTestKit;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.coordination.lease.javadsl.Lease;
import org.apache.pekko.coordination.lease.javadsl.LeaseProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A lease of Pekko's interface that all three processes want, and ask for again and again. At every
 * step at most one of them has it.
 */
@ExtendWith({QuietLog.class, PictureExtension.class})
class LeaseFaultsTest {
  private static final int SEEDS = Integer.getInteger("raft.singleton.seeds", 10);
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** The shortest that the election timeout allows. */
  private static final String CONFIG =
      """
      include classpath("pekko-raft-application.conf")
      pekko.loglevel = OFF
      pekko-raft.lease { heartbeat-timeout = 2 s, heartbeat-interval = 200 ms, lease-operation-timeout = 1 s }
      """;

  /** Three processes and what they know of the lease. */
  private static final class Wanted {
    final Map<String, Lease> leases = new HashMap<>();
    final Map<String, CompletableFuture<Boolean>> asked = new HashMap<>();
    final ApplicationCluster cluster;
    private final boolean passing;
    private final SplittableRandom chance;
    int changes;
    int losses;
    private String last = "";

    /**
     * @param passing true if whoever has it gives it back after a while
     */
    Wanted(long seed, double drift, boolean passing) {
      this.passing = passing;
      chance = new SplittableRandom(seed);
      cluster = ApplicationTestKit.of(this::main).config(CONFIG).seed(seed).drift(drift).start();
      cluster.always("one process has the lease", this::isHeldOnce);
    }

    private static String name(ActorSystem<?> system) {
      return ((ExtendedActorSystem) Adapter.toClassic(system))
          .provider()
          .getDefaultAddress()
          .host()
          .get();
    }

    private void main(ActorSystem<?> system) {
      String name = name(system);
      Lease lease =
          LeaseProvider.get(system).getLease("backup", "pekko-raft.lease", "owner-" + name);
      leases.put(name, lease);
      asked.remove(name);
      system
          .scheduler()
          .scheduleWithFixedDelay(
              Duration.ofMillis(100),
              Duration.ofMillis(100),
              () -> want(name, lease),
              system.executionContext());
    }

    private void want(String name, Lease lease) {
      CompletableFuture<Boolean> before = asked.get(name);
      if (before != null && !before.isDone()) {
        return;
      }
      if (!lease.checkLease()) {
        asked.put(name, lease.acquire(cause -> losses++).toCompletableFuture());
      } else if (passing && chance.nextInt(5) == 0) {
        asked.put(name, lease.release().toCompletableFuture());
      }
    }

    private boolean isHeldOnce() {
      int holders = 0;
      for (String name : cluster.names()) {
        if (has(name)) {
          holders++;
          changes += last.equals(name) ? 0 : 1;
          last = name;
        }
      }
      return holders <= 1;
    }

    private boolean has(String name) {
      Lease lease = leases.get(name);
      return cluster.isRunning(name) && lease != null && lease.checkLease();
    }

    String holder() {
      for (String name : cluster.names()) {
        if (has(name)) {
          return name;
        }
      }
      return "";
    }

    String awaitHolder() {
      cluster.await("somebody has the lease", LIMIT, () -> !holder().isEmpty());
      return holder();
    }

    Duration awaitHolderOtherThan(String name) {
      Duration begin = cluster.now();
      cluster.await(
          "somebody else has it", LIMIT, () -> !holder().isEmpty() && !holder().equals(name));
      return cluster.now().minus(begin);
    }
  }

  private final Wanted wanted = new Wanted(1, 0, false);
  private final ApplicationCluster cluster = wanted.cluster;
  private final String holder = wanted.awaitHolder();

  private void passesOn(String fault) {
    Duration nobody = wanted.awaitHolderOtherThan(holder);
    System.out.printf("lease, %s: the next has it after %d ms%n", fault, nobody.toMillis());
    assertThat(nobody).isBetween(Duration.ofMillis(1_500), Duration.ofMillis(5_000));
    cluster.heal();
    cluster.resume(holder);
    cluster.start(holder);
    String now = wanted.holder();
    cluster.elapse(Duration.ofSeconds(3));
    assertThat(wanted.holder()).isEqualTo(now);
  }

  @Test
  void a_holder_that_is_cut_off_has_lost_it_before_another_has_it_and_is_told() {
    cluster.isolate(holder);
    passesOn("cut off");
    assertThat(wanted.losses).isEqualTo(1);
  }

  @Test
  void a_holder_that_crashes_loses_it() {
    cluster.crash(holder);
    passesOn("crash");
  }

  @Test
  void a_holder_that_stands_still_does_not_have_it_when_it_wakes() {
    cluster.pause(holder);
    passesOn("pause");
    assertThat(wanted.losses).isEqualTo(1);
  }

  @Test
  void without_a_majority_nobody_has_it() {
    cluster.others(holder).forEach(cluster::crash);
    cluster.elapse(Duration.ofSeconds(3));
    assertThat(wanted.holder()).isEmpty();
    cluster.elapse(Duration.ofSeconds(10));
    assertThat(wanted.holder()).isEmpty();
    cluster.names().forEach(cluster::start);
    wanted.awaitHolder();
  }

  @Test
  void what_is_released_passes_on_at_once() {
    cluster.on(holder, system -> Objects.requireNonNull(wanted.leases.get(holder)).release());
    assertThat(wanted.holder()).isEmpty();
    Duration free = cluster.now();
    wanted.awaitHolder();
    assertThat(cluster.now().minus(free)).isLessThan(Duration.ofMillis(300));
  }

  @Test
  void who_asks_for_it_is_answered_on_virtual_time() {
    Lease lease = Objects.requireNonNull(wanted.leases.get(holder));
    CompletionStage<Boolean> again = cluster.on(holder, system -> lease.acquire());
    assertThat(cluster.await("the lease, which it has", LIMIT, again)).isTrue();
    String other = cluster.others(holder).get(0);
    Lease refused = Objects.requireNonNull(wanted.leases.get(other));
    CompletionStage<Boolean> taken = cluster.on(other, system -> refused.acquire());
    assertThat(cluster.await("an answer", LIMIT, taken)).isFalse();
  }

  @Test
  void one_process_has_it_whatever_goes_wrong() {
    int changes = 0;
    int losses = 0;
    for (long seed = 1; seed <= SEEDS; seed++) {
      Wanted run = new Wanted(seed, 0.04, true);
      run.awaitHolder();
      run.cluster.faults(Duration.ofSeconds(8));
      run.awaitHolder();
      changes += run.changes;
      losses += run.losses;
    }
    System.out.printf("leases: %d seeds, %d holders, %d losses told%n", SEEDS, changes, losses);
    assertThat(changes).isGreaterThan(5 * SEEDS);
    assertThat(losses).isPositive();
  }
}
