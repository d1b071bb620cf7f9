package io.pekkoraft.failover;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.ClusterEvent.CurrentClusterState;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.ClusterSingleton;
import org.apache.pekko.cluster.typed.SingletonActor;

/** Pekko's own Cluster Singleton, with the split brain resolver that Pekko's docs recommend. */
final class PekkoHosting implements Hosting {
  /** What every application with Cluster Singleton has to choose. */
  static final String SETTINGS =
      "pekko.cluster.downing-provider-class ="
          + " \"org.apache.pekko.cluster.sbr.SplitBrainResolverProvider\"";

  private final Cluster cluster;
  private final int members;
  private final ActorRef<String> proxy;

  private PekkoHosting(Cluster cluster, int members, ActorRef<String> proxy) {
    this.cluster = cluster;
    this.members = members;
    this.proxy = proxy;
  }

  static Config configuration(NodeArguments node) {
    String seeds =
        node.members().values().stream()
            .map(address -> "\"pekko://" + SingletonNode.SYSTEM + "@" + address + "\"")
            .collect(Collectors.joining(", "));
    return ConfigFactory.parseString(
        """
        pekko.actor.provider = cluster
        pekko.remote.artery.canonical { hostname = "%s", port = %d }
        pekko.cluster.seed-nodes = [%s]
        # A node that was downed has to be started again.
        pekko.coordinated-shutdown.exit-jvm = on
        %s
        """
            .formatted(node.host(node.node()), node.port(node.node()), seeds, SETTINGS));
  }

  /** Instances have no token; the time of their start stands for it. */
  static Hosting start(ActorSystem<?> system, NodeArguments node, Instance.Factory instances) {
    SingletonActor<String> singleton =
        SingletonActor.of(instances.behavior(System::nanoTime, token -> true), "shown")
            .withStopMessage(Instance.STOP);
    ActorRef<String> proxy = ClusterSingleton.get(system).init(singleton);
    return new PekkoHosting(Cluster.get(system), node.members().size(), proxy);
  }

  @Override
  public ActorRef<String> proxy() {
    return proxy;
  }

  /** Who leads a Cluster follows from the addresses. */
  @Override
  public void handLeadershipTo(String node) {}

  @Override
  public CompletionStage<Standing> standing() {
    CurrentClusterState state = cluster.state();
    long up =
        StreamSupport.stream(state.getMembers().spliterator(), false)
            .filter(member -> member.status().equals(MemberStatus.up()))
            .count();
    boolean complete = up == members && state.getUnreachable().isEmpty();
    boolean leads = cluster.selfMember().address().equals(state.getLeader());
    return CompletableFuture.completedFuture(new Standing(complete, leads, 0));
  }
}
