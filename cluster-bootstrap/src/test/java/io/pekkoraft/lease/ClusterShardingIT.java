package io.pekkoraft.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.cluster.sharding.typed.javadsl.Entity;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityTypeKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pekko's own Cluster Sharding with {@code use-lease}, a lease for each shard, unchanged. */
class ClusterShardingIT {
  private static final EntityTypeKey<String> KEY = EntityTypeKey.create(String.class, "thing");
  private static final String ENTITY = "an entity";
  private static final int SHARDS = 10;
  private static final String LEASE = "stock-shard-thing-" + Math.abs(ENTITY.hashCode() % SHARDS);

  private final AtomicInteger questions = new AtomicInteger();

  /** Where the entity was when it was asked a question. */
  private final Map<Integer, Integer> answers = new ConcurrentHashMap<>();

  @TempDir Path temp;

  @Test
  void a_shard_answers_where_its_lease_is_and_moves_with_it_when_its_system_has_ended()
      throws Exception {
    try (StockSystems systems =
        StockSystems.start(
            3,
            temp,
            """
            pekko.cluster.sharding {
              number-of-shards = 10
              use-lease = "pekko-raft.lease"
              lease-retry-interval = 500ms
            }
            """)) {
      for (int i = 0; i < 3; i++) {
        int here = i;
        var unused =
            ClusterSharding.get(systems.get(i)).init(Entity.of(KEY, context -> entity(here)));
      }
      int first = whereIs(systems, 1);
      assertThat(holds(systems, first)).isTrue();

      systems.end(first);
      int asking = (first + 1) % 3;
      int second = whereIs(systems, asking);
      assertThat(second).isNotEqualTo(first);
      assertThat(holds(systems, second)).isTrue();
      assertThat(holds(systems, 3 - first - second)).isFalse();
    }
  }

  /** Asks until there is an answer. Questions may be lost on the way, as Sharding's may. */
  private int whereIs(StockSystems systems, int asking) {
    // What was asked before may be answered only now, and from where it was.
    int before = questions.get();
    AtomicInteger answered = new AtomicInteger(-1);
    StockSystems.until(
        "the entity answers",
        () -> {
          int question = questions.incrementAndGet();
          ClusterSharding.get(systems.get(asking))
              .entityRefFor(KEY, ENTITY)
              .tell(Integer.toString(question));
          StockSystems.pause();
          answers.forEach(
              (asked, where) -> {
                if (asked > before) {
                  answered.set(where);
                }
              });
          return answered.get() >= 0;
        });
    return answered.get();
  }

  private static boolean holds(StockSystems systems, int i) {
    return systems.lease(i, LEASE, systems.hostPort(i)).checkLease();
  }

  private Behavior<String> entity(int where) {
    return Behaviors.receiveMessage(
        question -> {
          answers.put(Integer.valueOf(question), where);
          return Behaviors.same();
        });
  }
}
