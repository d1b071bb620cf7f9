package io.pekkoraft.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.api.RaftGroup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.pekko.actor.typed.ActorSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members that Pekko Discovery finds, by its method that reads configuration. */
class DiscoveryTest {
  @TempDir Path temp;

  private static String discovering(Systems systems, String... found) {
    StringBuilder endpoints = new StringBuilder();
    for (String id : found) {
      endpoints.append("{ host = \"127.0.0.1\", port = %d },".formatted(systems.port(id)));
    }
    return """
    pekko.discovery.method = config
    pekko.discovery.config.services.shop.endpoints = [ %s ]
    pekko-raft.addresses {
      from = discovery
      ask-interval = 200 ms
      discovery.service-name = shop
    }
    pekko-raft.node.members = %s
    """
        .formatted(endpoints, systems.named());
  }

  private static RaftGroup counter(ActorSystem<Void> system) {
    return PekkoRaft.get(system).start("counter", new Counter());
  }

  @Test
  void members_find_each_other_and_need_no_discovery_afterwards() throws IOException {
    try (Systems systems = new Systems(temp, "a", "b", "c")) {
      // Nobody is told of all: who asks is known to whom it asks.
      RaftGroup onA = counter(systems.start("a", discovering(systems, "b", "c")));
      RaftGroup onB = counter(systems.start("b", discovering(systems, "b", "c")));
      RaftGroup onC = counter(systems.start("c", discovering(systems, "c", "b")));
      assertThat(Systems.count(onA, "one")).isEqualTo(1);
      assertThat(Systems.count(onB, "two")).isEqualTo(2);
      assertThat(Systems.count(onC, "three")).isEqualTo(3);
      List.of("a", "b", "c").forEach(systems::kill);

      RaftGroup again = counter(systems.start("a", discovering(systems)));
      counter(systems.start("c", discovering(systems)));
      assertThat(Systems.count(again, "four")).isEqualTo(4);
    }
  }
}
