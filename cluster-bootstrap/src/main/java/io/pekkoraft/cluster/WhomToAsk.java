package io.pekkoraft.cluster;

import io.pekkoraft.cluster.AddressSettings.From;
import io.pekkoraft.cluster.address.Candidates;
import io.pekkoraft.cluster.address.ClusterCandidates;
import io.pekkoraft.cluster.address.DiscoveryCandidates;
import org.apache.pekko.actor.typed.ActorSystem;

/** Who is asked where the members are, by the configuration. */
final class WhomToAsk {
  private WhomToAsk() {}

  /**
   * Whom to ask.
   *
   * @param own this process's address
   * @throws OperatorException if the source cannot be used as it is configured
   */
  static Candidates of(ActorSystem<?> system, AddressSettings addresses, String own) {
    if (addresses.from() == From.CLUSTER) {
      String provider = system.settings().config().getString("pekko.actor.provider");
      if (!provider.equals("cluster")) {
        throw OperatorException.configuration(
            "pekko-raft.addresses.from = cluster needs pekko.actor.provider = cluster, which is '"
                + provider
                + "'.");
      }
      return new ClusterCandidates(system, addresses.clusterRole());
    }
    try {
      AddressSettings.Discovery settings = addresses.discovery();
      return new DiscoveryCandidates(
          system,
          settings.method(),
          settings.serviceName(),
          settings.portName(),
          settings.protocol(),
          settings.lookupTimeout(),
          own);
    } catch (NoClassDefFoundError missing) {
      throw OperatorException.configuration(
          "pekko-raft.addresses.from = discovery needs the library pekko-discovery.");
    } catch (RuntimeException wrong) {
      throw OperatorException.configuration(
          "Pekko Discovery (pekko-raft.addresses.discovery, pekko.discovery) cannot be used: "
              + wrong.getMessage());
    }
  }
}
