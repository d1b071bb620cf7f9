package io.pekkoraft.lease;

import io.pekkoraft.testkit.lease.LeaseContract;
import io.pekkoraft.testkit.lease.LeaseHarness;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.apache.pekko.coordination.lease.javadsl.Lease;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The contract of leases, on a group of three members in three systems that talk over Artery. */
class RaftLeaseContractIT extends LeaseContract {
  private static final Duration TIME_TO_LIVE = Duration.ofSeconds(3);
  private static final Duration OPERATION_TIMEOUT = Duration.ofSeconds(2);

  private static final Harness HARNESS = new Harness();

  @TempDir static Path temp;

  private static StockSystems systems;

  @BeforeAll
  static void start() {
    systems =
        StockSystems.start(
            3,
            temp,
            """
            pekko.cluster.downing-provider-class = ""
            pekko-raft.lease { heartbeat-timeout = 3s, lease-operation-timeout = 2s }
            """);
  }

  @AfterAll
  static void stop() {
    systems.close();
  }

  @Override
  protected LeaseHarness harness() {
    return HARNESS;
  }

  /** Left is the first system, right the second; the third is never cut off. */
  private static final class Harness implements LeaseHarness {
    private final Set<Side> cutOff = EnumSet.noneOf(Side.class);

    @Override
    public Lease lease(Side side, String name, String owner) {
      return systems.lease(number(side), name, owner);
    }

    @Override
    public synchronized void cutOff(Side side) {
      cutOff.add(side);
      link();
    }

    @Override
    public synchronized void reconnect(Side side) {
      if (cutOff.remove(side)) {
        link();
      }
    }

    private void link() {
      boolean left = cutOff.contains(Side.LEFT);
      boolean right = cutOff.contains(Side.RIGHT);
      systems.link(0, 1, !left && !right);
      systems.link(0, 2, !left);
      systems.link(1, 2, !right);
    }

    private static int number(Side side) {
      return side == Side.LEFT ? 0 : 1;
    }

    @Override
    public Duration timeToLive() {
      return TIME_TO_LIVE;
    }

    @Override
    public Duration operationTimeout() {
      return OPERATION_TIMEOUT;
    }
  }
}
