package io.pekkoraft.bootstrap;

import io.pekkoraft.api.Leadership;
import io.pekkoraft.api.Outcome;
import io.pekkoraft.api.RaftGroup;
import io.pekkoraft.api.RaftStatus;
import io.pekkoraft.api.RaftStatus.Role;
import io.pekkoraft.api.StateMachine;
import io.pekkoraft.api.TransferOutcome;
import io.pekkoraft.bootstrap.formation.FormationActor;
import io.pekkoraft.bootstrap.formation.FormationListener;
import io.pekkoraft.bootstrap.formation.Identity;
import io.pekkoraft.bootstrap.formation.Proposal;
import io.pekkoraft.log.Configuration;
import io.pekkoraft.log.GroupIdentity;
import io.pekkoraft.log.Member;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.node.RaftNode;
import io.pekkoraft.node.RaftNodeSettings;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A member of a group in an application's own actor system: it locks its data directory, helps to
 * form the group if that has not happened yet, and runs the application's state machine. Safe to
 * use from any thread.
 *
 * <p>Until the group is formed, requests are refused with what is missing. The data directory is
 * released when the actor system has ended.
 */
public final class RaftMember implements RaftGroup {
  private static final Logger LOG = LoggerFactory.getLogger(RaftMember.class);
  private static final Duration LOOK_AGAIN_AFTER = Duration.ofMillis(50);

  /** A member that is too busy to answer looks like a failed one, but not so often in a row. */
  private static final int LOOKS_UNTIL_BELIEVED_FAILED = 20;

  private final NodeConfiguration configuration;
  private final DataDirectory data;
  private final ActorSystem<?> system;
  private final StateMachine stateMachine;
  private final Consumer<OperatorException> onFailure;
  private volatile @Nullable RaftGroup group;
  private volatile @Nullable ActorRef<FormationActor.Command> formation;
  private volatile String whyNotStarted = "the node is starting";

  private RaftMember(
      NodeConfiguration configuration,
      DataDirectory data,
      ActorSystem<?> system,
      StateMachine stateMachine,
      Consumer<OperatorException> onFailure) {
    this.configuration = configuration;
    this.data = data;
    this.system = system;
    this.stateMachine = stateMachine;
    this.onFailure = onFailure;
  }

  /**
   * Starts a member; returns at once, formed or not.
   *
   * @param system created with {@link NodeConfiguration#all}, so that its address and stores are
   *     those configured
   * @param stateMachine fresh and empty; from now on in the member's hands
   * @param onFailure told at most once, by any thread, if the member finds later that it cannot
   *     take part
   * @throws OperatorException if its data directory cannot be used
   */
  public static RaftMember start(
      ActorSystem<?> system,
      NodeConfiguration configuration,
      StateMachine stateMachine,
      Consumer<OperatorException> onFailure) {
    SecureRandom random = new SecureRandom();
    DataDirectory data = open(configuration, random);
    system.getWhenTerminated().whenComplete((done, failure) -> release(data));
    RaftMember member = new RaftMember(configuration, data, system, stateMachine, onFailure);
    member.form(random.nextLong());
    return member;
  }

  private static DataDirectory open(NodeConfiguration configuration, SecureRandom random) {
    return DataDirectory.open(
        configuration.dataDirectory(),
        configuration.cluster(),
        configuration.group(),
        configuration.id(),
        random::nextLong);
  }

  private static void release(DataDirectory data) {
    try {
      data.close();
    } catch (IOException e) {
      LOG.warn("the data directory could not be unlocked: {}", e.toString());
    }
  }

  /** Who this member is: names from the configuration, incarnation from its data directory. */
  public Identity identity() {
    return data.identity();
  }

  /** The running member; null while the group is not formed. */
  public @Nullable RaftGroup group() {
    return group;
  }

  /** Why this member does not run yet, for people; empty once it does. */
  public String whyNotStarted() {
    return whyNotStarted;
  }

  @Override
  public CompletionStage<Outcome> propose(byte[] command, Duration timeout) {
    RaftGroup running = group;
    return running == null
        ? CompletableFuture.completedFuture(new Outcome.NoLeader(whyNotStarted))
        : running.propose(command, timeout);
  }

  @Override
  public CompletionStage<Outcome> proposeInTerm(long term, byte[] command, Duration timeout) {
    RaftGroup running = group;
    return running == null
        ? CompletableFuture.completedFuture(new Outcome.NoLeader(whyNotStarted))
        : running.proposeInTerm(term, command, timeout);
  }

  @Override
  public @Nullable Leadership leadership() {
    RaftGroup running = group;
    return running == null ? null : running.leadership();
  }

  @Override
  public CompletionStage<TransferOutcome> transferLeadership(
      @Nullable NodeId to, Duration timeout) {
    RaftGroup running = group;
    return running == null
        ? CompletableFuture.completedFuture(new TransferOutcome.NotLeader(null))
        : running.transferLeadership(to, timeout);
  }

  @Override
  public CompletionStage<Done> stop(Duration timeout) {
    RaftGroup running = group;
    return running == null ? CompletableFuture.completedFuture(Done.done()) : running.stop(timeout);
  }

  @Override
  public CompletionStage<RaftStatus> status() {
    RaftGroup running = group;
    return running == null ? CompletableFuture.completedFuture(notStarted()) : running.status();
  }

  private RaftStatus notStarted() {
    Identity identity = data.identity();
    List<Member> listed = configuration.members().ids().stream().map(this::listedMember).toList();
    return new RaftStatus(
        new GroupIdentity(identity.cluster(), identity.group(), 0),
        identity.node(),
        Role.RECOVERING,
        0,
        null,
        0,
        0,
        0,
        0,
        0,
        0,
        new Configuration(listed),
        whyNotStarted);
  }

  private Member listedMember(NodeId id) {
    String address = configuration.members().address(id);
    return new Member(id, 0, address == null ? "" : address);
  }

  // --- forming the group

  private void form(long drawnIncarnation) {
    FormationActor.Settings settings =
        new FormationActor.Settings(
            data.identity(),
            configuration.members(),
            drawnIncarnation,
            data.wasStarted(),
            configuration.all().getString("pekko-raft.journal-plugin"),
            configuration.askAgainAfter());
    formation = FormationActor.start(system, settings, new Listener());
  }

  private final class Listener implements FormationListener {

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
        watchRecovery(started, 0);
      } catch (RuntimeException e) {
        LOG.debug("cannot start the group's member", e);
        fail("the node cannot start: " + e.getMessage());
      }
    }

    @Override
    public void refused(String reason) {
      whyNotStarted = reason;
      fail(reason);
    }

    @Override
    public void failed(String reason) {
      whyNotStarted = reason;
      fail("the node cannot start: " + reason);
    }
  }

  private RaftNodeSettings settings(Proposal proposal, boolean mayFound) {
    return new RaftNodeSettings(
        proposal.group(),
        configuration.id(),
        data.identity().incarnation(),
        PresentAddresses.of(proposal.configuration(), configuration.members()),
        mayFound,
        stateMachine,
        data.snapshots(),
        configuration.protocol(),
        configuration.all().getString("pekko-raft.journal-plugin"),
        configuration.all().getString("pekko-raft.snapshot-plugin"),
        configuration.all().getInt("pekko-raft.max-requests"));
  }

  /** Once the log is read it is known to be founded: from then on an empty one is a lost one. */
  private void watchRecovery(RaftGroup started, int failedLooks) {
    started.status().thenAccept(status -> onRecoveryStatus(started, status, failedLooks));
  }

  private void onRecoveryStatus(RaftGroup started, RaftStatus status, int failedLooks) {
    ActorRef<FormationActor.Command> actor = formation;
    boolean failed = status.role() == Role.FAILED;
    if (failed && failedLooks == LOOKS_UNTIL_BELIEVED_FAILED) {
      fail("the node takes no part: " + status.reason());
    } else if (failed || status.role() == Role.RECOVERING || actor == null) {
      int looks = failed ? failedLooks + 1 : 0;
      system
          .scheduler()
          .scheduleOnce(
              LOOK_AGAIN_AFTER, () -> watchRecovery(started, looks), system.executionContext());
    } else {
      FormationActor.recordStarted(actor);
      markStarted();
    }
  }

  private void markStarted() {
    try {
      data.markStarted();
    } catch (IOException e) {
      LOG.warn("the data directory cannot be marked as started: {}", e.toString());
    }
  }

  private void fail(String reason) {
    onFailure.accept(OperatorException.refused(reason));
  }
}
