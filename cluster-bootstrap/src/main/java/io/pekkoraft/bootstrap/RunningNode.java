package io.pekkoraft.bootstrap;

import io.pekkoraft.api.RaftGroup;
import io.pekkoraft.api.RaftStatus;
import io.pekkoraft.api.RaftStatus.Role;
import io.pekkoraft.bootstrap.formation.FormationActor;
import io.pekkoraft.bootstrap.formation.FormationListener;
import io.pekkoraft.bootstrap.formation.Identity;
import io.pekkoraft.bootstrap.formation.Proposal;
import io.pekkoraft.bootstrap.http.HttpApi;
import io.pekkoraft.bootstrap.http.ServedNode;
import io.pekkoraft.bootstrap.kv.KeyValueStore;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.node.RaftNode;
import io.pekkoraft.node.RaftNodeSettings;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.apache.pekko.stream.Materializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node of the runnable kind: its data directory, its actor system, the forming of its group, the
 * group's member, and HTTP.
 *
 * <p>HTTP answers from the start; until the group is formed it says what is missing.
 */
public final class RunningNode implements ServedNode, FormationListener {
  private static final Logger LOG = LoggerFactory.getLogger(RunningNode.class);
  private static final Duration START_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(15);
  private static final Duration LOOK_AGAIN_AFTER = Duration.ofMillis(50);

  private final NodeConfiguration configuration;
  private final DataDirectory data;
  private final ActorSystem<Void> system;
  private final KeyValueStore store = new KeyValueStore();
  private final Consumer<OperatorException> onFailure;
  private volatile int httpPort;
  private volatile @Nullable RaftGroup group;
  private volatile @Nullable ActorRef<FormationActor.Command> formation;
  private volatile String whyNotStarted = "the node is starting";

  private RunningNode(
      NodeConfiguration configuration,
      DataDirectory data,
      ActorSystem<Void> system,
      Consumer<OperatorException> onFailure) {
    this.configuration = configuration;
    this.data = data;
    this.system = system;
    this.onFailure = onFailure;
  }

  /**
   * Starts a node; returns once it serves HTTP, formed or not.
   *
   * @param onFailure told at most once, by any thread, if the node finds later that it cannot take
   *     part
   * @throws OperatorException if it cannot be started as it is configured
   */
  public static RunningNode start(
      NodeConfiguration configuration, Consumer<OperatorException> onFailure) {
    SecureRandom random = new SecureRandom();
    DataDirectory data =
        DataDirectory.open(
            configuration.dataDirectory(),
            configuration.cluster(),
            configuration.group(),
            configuration.id(),
            random::nextLong);
    @Nullable ActorSystem<Void> system = null;
    try {
      PortCheck.require(
          "node", "pekko-raft.node.members", configuration.bindHost(), configuration.port());
      PortCheck.require(
          "HTTP server",
          "pekko-raft.node.http",
          configuration.http().host(),
          configuration.http().port());
      system = ActorSystem.create(Behaviors.empty(), NodeConfiguration.SYSTEM, configuration.all());
      RunningNode node = new RunningNode(configuration, data, system, onFailure);
      node.serveHttp();
      node.form(random.nextLong());
      return node;
    } catch (RuntimeException failed) {
      if (system != null) {
        system.terminate();
      }
      release(data);
      throw failed;
    }
  }

  private void serveHttp() {
    NodeConfiguration.Http http = configuration.http();
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
        configuration.id(),
        configuration.cluster(),
        configuration.group(),
        http.host(),
        httpPort,
        configuration.host(),
        configuration.port(),
        data.path());
  }

  private void form(long drawnIncarnation) {
    FormationActor.Settings settings =
        new FormationActor.Settings(
            data.identity(),
            configuration.members(),
            drawnIncarnation,
            configuration.all().getString("pekko-raft.journal-plugin"),
            configuration.askAgainAfter());
    formation = FormationActor.start(system, settings, this);
  }

  @Override
  public void waitingFor(List<String> obstacles) {
    whyNotStarted = "the group is not formed yet: " + String.join("; ", obstacles);
    LOG.info("{}", whyNotStarted);
  }

  @Override
  public void formed(Proposal proposal, boolean mayFound) {
    try {
      RaftGroup started = RaftNode.start(system, settings(proposal, mayFound));
      group = started;
      whyNotStarted = "";
      LOG.info("the group {} is formed of {}", proposal.group(), configuration.members());
      watchRecovery(started);
    } catch (RuntimeException e) {
      LOG.debug("cannot start the group's member", e);
      fail(OperatorException.refused("the node cannot start: " + e.getMessage()));
    }
  }

  private RaftNodeSettings settings(Proposal proposal, boolean mayFound) {
    return new RaftNodeSettings(
        proposal.group(),
        configuration.id(),
        data.identity().incarnation(),
        PresentAddresses.of(proposal.configuration(), configuration.members()),
        mayFound,
        store,
        data.snapshots(),
        configuration.protocol(),
        configuration.all().getString("pekko-raft.journal-plugin"),
        configuration.all().getString("pekko-raft.snapshot-plugin"),
        configuration.all().getInt("pekko-raft.max-requests"));
  }

  /** Once the log is read it is known to be founded: from then on an empty one is a lost one. */
  private void watchRecovery(RaftGroup started) {
    started.status().thenAccept(status -> onRecoveryStatus(started, status));
  }

  private void onRecoveryStatus(RaftGroup started, RaftStatus status) {
    ActorRef<FormationActor.Command> actor = formation;
    if (status.role() == Role.FAILED) {
      fail(OperatorException.refused("the node takes no part: " + status.reason()));
    } else if (status.role() == Role.RECOVERING || actor == null) {
      system
          .scheduler()
          .scheduleOnce(LOOK_AGAIN_AFTER, () -> watchRecovery(started), system.executionContext());
    } else {
      FormationActor.recordStarted(actor);
    }
  }

  @Override
  public void refused(String reason) {
    whyNotStarted = reason;
    fail(OperatorException.refused(reason));
  }

  @Override
  public void failed(String reason) {
    whyNotStarted = reason;
    fail(OperatorException.refused("the node cannot start: " + reason));
  }

  private void fail(OperatorException reason) {
    onFailure.accept(reason);
  }

  /**
   * Stops serving, ends the actor system, and lets go of the data directory. Returns when that is
   * done.
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
    release(data);
  }

  private static void release(DataDirectory data) {
    try {
      data.close();
    } catch (IOException e) {
      LOG.warn("the data directory could not be unlocked: {}", e.toString());
    }
  }

  /** Where HTTP is served; useful if any free port was asked for. */
  public int httpPort() {
    return httpPort;
  }

  @Override
  public Identity identity() {
    return data.identity();
  }

  @Override
  public @Nullable RaftGroup group() {
    return group;
  }

  @Override
  public String whyNotStarted() {
    return whyNotStarted;
  }

  @Override
  public KeyValueStore store() {
    return store;
  }

  @Override
  public @Nullable String httpAddress(NodeId member) {
    return configuration.httpAddresses().get(member);
  }
}
