package io.pekkoraft.lease;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.pekko.actor.AbstractExtensionId;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Extension;

/**
 * Looks at all held leases of a system, so that a lapse is told where no message can tell it: a
 * holder that is cut off learns only from its own clock that its time is over.
 */
final class HeldLeases implements Extension {
  /**
   * Well below the grace that a successor is kept waiting after the end of a lease, so that the
   * holder usually knows before anybody else has it.
   */
  private static final Duration INTERVAL = Duration.ofMillis(25);

  private static final Id ID = new Id();

  private final Set<RaftLease> held = ConcurrentHashMap.newKeySet();

  private HeldLeases(ExtendedActorSystem system) {
    system
        .scheduler()
        .scheduleWithFixedDelay(
            INTERVAL,
            INTERVAL,
            () -> held.forEach(RaftLease::checkLapse),
            system.dispatchers().internalDispatcher());
  }

  static HeldLeases of(ExtendedActorSystem system) {
    return ID.get(system);
  }

  void add(RaftLease lease) {
    held.add(lease);
  }

  void remove(RaftLease lease) {
    held.remove(lease);
  }

  private static final class Id extends AbstractExtensionId<HeldLeases> {
    @Override
    public HeldLeases createExtension(ExtendedActorSystem system) {
      return new HeldLeases(system);
    }
  }
}
