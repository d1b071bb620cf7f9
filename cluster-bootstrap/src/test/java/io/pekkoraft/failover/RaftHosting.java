package io.pekkoraft.failover;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.pekkoraft.api.RaftStatus;
import io.pekkoraft.api.RaftStatus.Role;
import io.pekkoraft.cluster.PekkoRaft;
import io.pekkoraft.cluster.RaftMember;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.session.Session;
import io.pekkoraft.singleton.RaftSingleton;
import io.pekkoraft.singleton.RaftSingletonActor;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;

/** {@link RaftSingleton}, in actor systems without Pekko Cluster. */
final class RaftHosting implements Hosting {
  private static final String SINGLETON = "shown";

  private static final Duration TRANSFER_TIMEOUT = Duration.ofSeconds(5);

  private final ActorSystem<?> system;
  private final ActorRef<String> proxy;

  private RaftHosting(ActorSystem<?> system, ActorRef<String> proxy) {
    this.system = system;
    this.proxy = proxy;
  }

  static Config configuration(NodeArguments node) {
    String members =
        node.members().keySet().stream()
            .map(
                id ->
                    "{ id = %s, host = \"%s\", port = %d }"
                        .formatted(id, node.host(id), node.port(id)))
            .collect(Collectors.joining(", "));
    return ConfigFactory.parseString(
        """
        include classpath("pekko-raft-application.conf")
        pekko.actor.provider = remote
        pekko.remote.artery.canonical { hostname = "%s", port = %d }
        pekko-raft.node { id = %s, data-dir = "%s", members = [%s] }
        """
            .formatted(
                node.host(node.node()), node.port(node.node()), node.node(), node.data(), members));
  }

  static Hosting start(ActorSystem<?> system, Instance.Factory instances) {
    Session session = PekkoRaft.get(system).session();
    RaftSingletonActor<String> singleton =
        RaftSingletonActor.<String>of(
                token ->
                    instances.behavior(
                        token::value, value -> session.holds("singleton/" + SINGLETON, value)),
                SINGLETON)
            .withStopMessage(Instance.STOP);
    return new RaftHosting(system, RaftSingleton.get(system).init(singleton));
  }

  @Override
  public ActorRef<String> proxy() {
    return proxy;
  }

  private Optional<RaftMember> member() {
    String group = system.settings().config().getString("pekko-raft.coordination.group");
    return PekkoRaft.get(system).group(group);
  }

  @Override
  public void handLeadershipTo(String node) {
    // Who asks for it looks at the standing afterwards, and asks again.
    member().ifPresent(member -> member.transferLeadership(NodeId.of(node), TRANSFER_TIMEOUT));
  }

  @Override
  public CompletionStage<Standing> standing() {
    return member()
        .map(member -> member.status().thenApply(RaftHosting::standing))
        .orElseGet(() -> CompletableFuture.completedFuture(new Standing(false, false, 0)));
  }

  private static Standing standing(RaftStatus status) {
    boolean leads = status.role() == Role.LEADER;
    boolean follows = status.role() == Role.FOLLOWER && status.leader() != null;
    return new Standing(leads || follows, leads, status.term());
  }
}
