package io.pekkoraft.cluster;

import java.time.Duration;

/**
 * How this process learns where the members are.
 *
 * @param askInterval how often those are asked who have not said who they are
 * @param clusterRole only members of the Cluster with this role are asked; empty: all
 */
public record AddressSettings(
    From from, Duration askInterval, Discovery discovery, String clusterRole) {

  /** Where addresses come from. */
  public enum From {
    /** Each entry of {@code pekko-raft.node.members} has its host and port. */
    CONFIGURATION,
    /** Pekko Discovery is looked up. */
    DISCOVERY,
    /** The members of Pekko Cluster are asked. */
    CLUSTER
  }

  /**
   * What to look up.
   *
   * @param method empty for the application's own
   * @param portName empty for none
   * @param protocol empty for none
   */
  public record Discovery(
      String method,
      String serviceName,
      String portName,
      String protocol,
      Duration lookupTimeout) {}
}
