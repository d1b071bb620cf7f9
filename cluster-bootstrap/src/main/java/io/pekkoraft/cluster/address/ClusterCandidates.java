package io.pekkoraft.cluster.address;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.typed.Cluster;

/**
 * The members of Pekko Cluster, in any state: also one that the Cluster cannot reach may be reached
 * by us.
 */
public final class ClusterCandidates implements Candidates {
  private final ActorSystem<?> system;
  private final String role;

  /**
   * @param role only members with it; empty: all
   */
  public ClusterCandidates(ActorSystem<?> system, String role) {
    this.system = system;
    this.role = role;
  }

  @Override
  public CompletionStage<Set<String>> look() {
    Set<String> addresses = new HashSet<>();
    for (Member member : Cluster.get(system).state().getMembers()) {
      if (role.isEmpty() || member.hasRole(role)) {
        addresses.add(member.address().toString());
      }
    }
    return CompletableFuture.completedFuture(addresses);
  }
}
