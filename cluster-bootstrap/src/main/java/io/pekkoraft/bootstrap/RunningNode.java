package io.pekkoraft.bootstrap;

import io.pekkoraft.api.RaftGroup;
import io.pekkoraft.bootstrap.http.HttpApi;
import io.pekkoraft.bootstrap.http.ServedNode;
import io.pekkoraft.bootstrap.kv.KeyValueStore;
import io.pekkoraft.cluster.OperatorException;
import io.pekkoraft.cluster.PekkoRaft;
import io.pekkoraft.cluster.RaftMember;
import io.pekkoraft.cluster.formation.Identity;
import io.pekkoraft.log.NodeId;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.apache.pekko.stream.Materializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node of the runnable kind: a {@link RaftMember} with a key-value store, and HTTP before it.
 *
 * <p>HTTP answers from the start; until the group is formed it says what is missing.
 */
final class RunningNode implements ServedNode {
  private static final Logger LOG = LoggerFactory.getLogger(RunningNode.class);
  private static final Duration START_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(15);

  private final ServerConfiguration configuration;
  private final ActorSystem<Void> system;
  private final KeyValueStore store;
  private final RaftMember member;
  private volatile int httpPort;

  private RunningNode(
      ServerConfiguration configuration,
      ActorSystem<Void> system,
      KeyValueStore store,
      RaftMember member) {
    this.configuration = configuration;
    this.system = system;
    this.store = store;
    this.member = member;
  }

  /**
   * Starts a node; returns once it serves HTTP, formed or not.
   *
   * @param onFailure told at most once, by any thread, if the node finds later that it cannot take
   *     part
   * @throws OperatorException if it cannot be started as it is configured
   */
  static RunningNode start(
      ServerConfiguration configuration, Consumer<OperatorException> onFailure) {
    PortCheck.require(
        "node", "pekko-raft.node.members", configuration.bindHost(), configuration.self().port());
    PortCheck.require(
        "HTTP server",
        "pekko-raft.node.http",
        configuration.http().host(),
        configuration.http().port());
    ActorSystem<Void> system =
        ActorSystem.create(Behaviors.empty(), ServerConfiguration.SYSTEM, configuration.all());
    try {
      KeyValueStore store = new KeyValueStore();
      RaftMember member = PekkoRaft.get(system).start(configuration.group(), store, onFailure);
      RunningNode node = new RunningNode(configuration, system, store, member);
      node.serveHttp();
      return node;
    } catch (RuntimeException | Error failed) {
      system.terminate();
      throw failed;
    }
  }

  private void serveHttp() {
    ServerConfiguration.Http http = configuration.http();
    HttpApi api =
        new HttpApi(
            this,
            Materializer.matFromSystem(system),
            configuration.maxValueBytes(),
            http.requestTimeout());
    try {
      ServerBinding binding =
          Http.get(system)
              .newServerAt(http.host(), http.port())
              .bind(api::handle)
              .toCompletableFuture()
              .get(START_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
      binding.addToCoordinatedShutdown(Duration.ofSeconds(1), system);
      httpPort = binding.localAddress().getPort();
    } catch (ExecutionException | TimeoutException failed) {
      throw OperatorException.configuration(
          "the HTTP server cannot listen at "
              + http.host()
              + ":"
              + http.port()
              + " (pekko-raft.node.http): "
              + failed.getCause());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw OperatorException.configuration("interrupted while starting");
    }
    LOG.info(
        "node {} of {}/{}: HTTP at http://{}:{}, peers at {}:{}, data in {}",
        configuration.self().id(),
        configuration.node().cluster(),
        configuration.group(),
        http.host(),
        httpPort,
        configuration.self().host(),
        configuration.self().port(),
        configuration.dataDirectory());
  }

  /**
   * Stops serving, and ends the actor system, which lets go of the data directory. Returns when
   * that is done.
   */
  public void stop() {
    try {
      CoordinatedShutdown.get(system)
          .runAll(CoordinatedShutdown.jvmExitReason())
          .toCompletableFuture()
          .get(STOP_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException slow) {
      LOG.warn("the node did not stop in order: {}", slow.toString());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Where HTTP is served; useful if any free port was asked for. */
  public int httpPort() {
    return httpPort;
  }

  @Override
  public Identity identity() {
    return member.identity();
  }

  @Override
  public @Nullable RaftGroup group() {
    return member.whyNotStarted().isEmpty() ? member : null;
  }

  @Override
  public String whyNotStarted() {
    return member.whyNotStarted();
  }

  @Override
  public KeyValueStore store() {
    return store;
  }

  @Override
  public @Nullable String httpAddress(NodeId id) {
    return configuration.httpAddresses().get(id);
  }
}
