package io.pekkoraft.lease;

import io.pekkoraft.cluster.NodeConfiguration;
import io.pekkoraft.cluster.PekkoRaft;
import io.pekkoraft.session.Session;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where leases find the session of their actor system. */
final class LeaseSession {
  private static final Logger LOG = LoggerFactory.getLogger(LeaseSession.class);
  private static final String DISPATCHER = "pekko.actor.default-blocking-io-dispatcher";

  private LeaseSession() {}

  /**
   * Starts the session if there is none yet, so that it is there when a lease is wanted: for the
   * Split Brain Resolver that is when the network has failed already. Not by the calling thread:
   * the Cluster creates the resolver's lease before it is ready itself, and the extension may wait
   * for the Cluster.
   *
   * @throws io.pekkoraft.cluster.OperatorException if the system is not configured for a group; the
   *     message names the key
   */
  static CompletionStage<Session> of(ExtendedActorSystem system) {
    NodeConfiguration unused = NodeConfiguration.of(system.settings().config());
    return CompletableFuture.supplyAsync(
            () -> PekkoRaft.get(Adapter.toTyped(system)).session(),
            system.dispatchers().lookup(DISPATCHER))
        .whenComplete(
            (session, failure) -> {
              if (failure != null) {
                LOG.error("no lease can be acquired: the session could not be started", failure);
              }
            });
  }
}
