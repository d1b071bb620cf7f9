package io.pekkoraft.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.typed.ClusterSingleton;
import org.apache.pekko.cluster.typed.SingletonActor;
import org.apache.pekko.coordination.lease.javadsl.Lease;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pekko's own Cluster Singleton with {@code use-lease}, unchanged. */
class ClusterSingletonIT {
  private static final String SINGLETON = "the-one";
  private static final String LEASE = "stock-singleton-pekko://stock/system/singletonManager";

  private final Map<Integer, Boolean> running = new ConcurrentHashMap<>();
  private final List<String> story = new CopyOnWriteArrayList<>();

  @TempDir Path temp;

  @Test
  void only_the_holder_of_the_lease_runs_and_another_takes_over_when_it_has_ended()
      throws Exception {
    try (StockSystems systems =
        StockSystems.start(
            3,
            temp,
            """
            pekko.cluster.singleton { use-lease = "pekko-raft.lease", lease-retry-interval = 500ms }
            """)) {
      for (int i = 0; i < 3; i++) {
        init(systems.get(i), i);
      }
      StockSystems.until("the oldest runs it", () -> running.containsKey(0), () -> story);
      assertThat(holds(systems, 0)).isTrue();
      assertThat(holds(systems, 1) || holds(systems, 2)).isFalse();

      systems.end(0);
      running.remove(0);
      StockSystems.until("the next oldest runs it", () -> running.containsKey(1), () -> story);
      assertThat(holds(systems, 1)).isTrue();
      assertThat(holds(systems, 2)).isFalse();
      assertThat(running).hasSize(1);
    }
  }

  @Test
  void it_does_not_run_while_somebody_else_has_the_lease() throws Exception {
    try (StockSystems systems =
        StockSystems.start(
            3,
            temp,
            """
            pekko.cluster.singleton { use-lease = "pekko-raft.lease", lease-retry-interval = 500ms }
            """)) {
      Lease foreign = systems.lease(2, LEASE + SINGLETON, "somebody else");
      StockSystems.until("it is acquired", () -> acquired(foreign));
      for (int i = 0; i < 3; i++) {
        init(systems.get(i), i);
      }
      Lease oldest = systems.lease(0, LEASE + SINGLETON, systems.hostPort(0));
      assertThat(acquired(oldest)).isFalse();
      assertThat(running).isEmpty();
      StockSystems.until("it is given back", () -> StockSystems.released(foreign));
      StockSystems.until("the oldest runs it", () -> running.containsKey(0), () -> story);
    }
  }

  private static boolean acquired(Lease lease) {
    return lease.acquire().toCompletableFuture().exceptionally(failure -> false).join();
  }

  private boolean holds(StockSystems systems, int i) {
    return systems.lease(i, LEASE + SINGLETON, systems.hostPort(i)).checkLease();
  }

  private void init(ActorSystem<?> system, int i) {
    var unused = ClusterSingleton.get(system).init(SingletonActor.of(instance(i), SINGLETON));
  }

  private Behavior<String> instance(int i) {
    return Behaviors.setup(
        context -> {
          story.add("started on " + i);
          running.put(i, true);
          return Behaviors.receive(String.class)
              .onSignal(
                  PostStop.class,
                  stopped -> {
                    story.add("stopped on " + i);
                    running.remove(i);
                    return Behaviors.same();
                  })
              .build();
        });
  }
}
