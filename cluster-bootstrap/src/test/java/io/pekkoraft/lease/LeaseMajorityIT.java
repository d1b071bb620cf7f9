package io.pekkoraft.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pekko's own Split Brain Resolver with {@code lease-majority}, unchanged, in a real partition. */
class LeaseMajorityIT {
  private static final String LEASE_MAJORITY =
      """
      pekko.cluster.split-brain-resolver {
        active-strategy = lease-majority
        lease-majority { lease-implementation = "pekko-raft.lease", acquire-lease-delay-for-minority = 1s }
      }
      """;

  @TempDir Path temp;

  @Test
  void the_side_that_gets_the_lease_survives_and_the_other_ends() throws Exception {
    try (StockSystems systems = StockSystems.start(3, temp, LEASE_MAJORITY)) {
      systems.link(0, 1, false);
      systems.link(0, 2, false);
      StockSystems.until("the side without a quorum ends", () -> systems.isTerminated(0));
      StockSystems.until("the other side goes on", () -> systems.membersUp(1) == 2);
      StockSystems.until("all of it", () -> systems.membersUp(2) == 2);
      assertThat(systems.isTerminated(1) || systems.isTerminated(2)).isFalse();
    }
  }
}
