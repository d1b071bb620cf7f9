package io.pekkoraft.cluster;

import io.pekkoraft.api.Leadership;
import io.pekkoraft.api.Outcome;
import io.pekkoraft.api.RaftGroup;
import io.pekkoraft.api.RaftStatus;
import io.pekkoraft.api.RaftStatus.Role;
import io.pekkoraft.api.StateMachine;
import io.pekkoraft.api.TransferOutcome;
import io.pekkoraft.cluster.formation.FormationActor;
import io.pekkoraft.cluster.formation.FormationListener;
import io.pekkoraft.cluster.formation.Identity;
import io.pekkoraft.cluster.formation.MemberList;
import io.pekkoraft.cluster.formation.Proposal;
import io.pekkoraft.log.Configuration;
import io.pekkoraft.log.GroupIdentity;
import io.pekkoraft.log.Member;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.node.AddressBook;
import io.pekkoraft.node.RaftNode;
import io.pekkoraft.node.RaftNodeSettings;
import io.pekkoraft.node.TimeAndChance;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * A member of a group in the application's actor system: it helps to form the group if that has not
 * happened yet, then runs the application's state machine.
 */
final class LocalMember implements RaftMember {
  private static final Logger LOG = LoggerFactory.getLogger(LocalMember.class);
  private static final String TAKES_NO_PART = "the node takes no part: ";
  private static final Duration LOOK_AGAIN_AFTER = Duration.ofMillis(50);

  /** A member that is too busy to answer looks like a failed one, but not so often in a row. */
  private static final int LOOKS_UNTIL_BELIEVED_FAILED = 20;

  private final Surroundings here;
  private final Identity identity;
  private final GroupDirectory directory;
  private final StateMachine stateMachine;
  private final Consumer<OperatorException> onFailure;

  /** Held while the group's member is being started, so that it is not missed by who stops it. */
  private final Object starting = new Object();

  private volatile @Nullable RaftGroup group;
  private volatile @Nullable ActorRef<FormationActor.Command> formation;
  private volatile String whyNotStarted = "the node is starting";
  private final AtomicBoolean toldOfFailure = new AtomicBoolean();
  private volatile boolean stopping;

  /**
   * What all members of a process share.
   *
   * @param address of the actor system
   * @param admitted told the members of each group that runs here
   */
  record Surroundings(
      ActorSystem<?> system,
      NodeConfiguration configuration,
      String address,
      MemberList list,
      AddressBook book,
      Consumer<Configuration> admitted) {}

  private LocalMember(
      Surroundings here,
      Identity identity,
      GroupDirectory directory,
      StateMachine stateMachine,
      Consumer<OperatorException> onFailure) {
    this.here = here;
    this.identity = identity;
    this.directory = directory;
    this.stateMachine = stateMachine;
    this.onFailure = onFailure;
  }

  /**
   * Starts a member; returns at once, formed or not.
   *
   * @param stateMachine fresh and empty; from now on in the member's hands
   * @param onFailure told at most once, by any thread, if the member finds later that it cannot
   *     take part
   */
  static LocalMember start(
      Surroundings here,
      Identity identity,
      GroupDirectory directory,
      StateMachine stateMachine,
      Consumer<OperatorException> onFailure) {
    LocalMember member = new LocalMember(here, identity, directory, stateMachine, onFailure);
    member.form(TimeAndChance.of(here.system()).random().nextLong());
    return member;
  }

  @Override
  public Identity identity() {
    return identity;
  }

  @Override
  public String whyNotStarted() {
    return whyNotStarted;
  }

  /** The actor system is going to end: what ends by that is no failure. */
  void prepareToStop() {
    stopping = true;
  }

  /** This process must not be this node; what is formed already goes on. */
  void takeNoPart(String reason) {
    ActorRef<FormationActor.Command> actor = formation;
    if (actor != null) {
      FormationActor.takeNoPart(actor, reason);
    }
  }

  @Override
  public CompletionStage<Outcome> propose(byte[] command, Duration timeout) {
    Objects.requireNonNull(command, "command");
    Objects.requireNonNull(timeout, "timeout");
    RaftGroup running = group;
    return running == null
        ? CompletableFuture.completedFuture(new Outcome.NoLeader(whyNotStarted))
        : running.propose(command, timeout);
  }

  @Override
  public CompletionStage<Outcome> proposeInTerm(long term, byte[] command, Duration timeout) {
    Objects.requireNonNull(command, "command");
    Objects.requireNonNull(timeout, "timeout");
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
    stopping = true;
    takeNoPart("this member was stopped before its group was formed");
    synchronized (starting) {
      RaftGroup running = group;
      return running == null
          ? CompletableFuture.completedFuture(Done.done())
          : running.stop(timeout);
    }
  }

  @Override
  public CompletionStage<RaftStatus> status() {
    RaftGroup running = group;
    return running == null ? CompletableFuture.completedFuture(notStarted()) : running.status();
  }

  private RaftStatus notStarted() {
    List<Member> listed = here.list().ids().stream().map(this::listedMember).toList();
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
    String address = here.book().address(id);
    return new Member(id, 0, address == null ? "" : address);
  }

  // --- forming the group

  private void form(long drawnIncarnation) {
    FormationActor.Settings settings =
        new FormationActor.Settings(
            identity,
            here.address(),
            here.list(),
            here.book(),
            drawnIncarnation,
            directory.wasStarted(),
            here.configuration().journalPlugin(),
            here.configuration().askAgainAfter());
    formation = FormationActor.start(here.system(), settings, new Listener());
  }

  private final class Listener implements FormationListener {
    private boolean toldBefore;

    @Override
    public void waitingFor(List<String> obstacles) {
      whyNotStarted =
          "the group '"
              + identity.group()
              + "' is not formed yet: "
              + String.join("; ", obstacles)
              + unknownAddresses();
      // At first that is how every start begins.
      LOG.atLevel(toldBefore ? Level.WARN : Level.INFO).log("{}", whyNotStarted);
      toldBefore = true;
    }

    @Override
    public void formed(Proposal proposal, boolean mayFound) {
      try {
        RaftGroup started = startUnlessStopping(settings(proposal, mayFound));
        if (started == null) {
          return;
        }
        whyNotStarted = "";
        here.admitted().accept(proposal.configuration());
        LOG.info("the group {} is formed of {}", proposal.group(), here.list());
        watchRecovery(started, 0);
      } catch (RuntimeException e) {
        LOG.debug("cannot start the group's member", e);
        whyNotStarted = "the node cannot start: " + e.getMessage();
        fail(OperatorException.refused(whyNotStarted));
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
  }

  private @Nullable RaftGroup startUnlessStopping(RaftNodeSettings settings) {
    synchronized (starting) {
      if (!stopping) {
        group =
            RaftNode.start(
                here.system(),
                settings,
                here.book(),
                reason -> fail(OperatorException.failed(TAKES_NO_PART + reason)));
      }
      return group;
    }
  }

  private String unknownAddresses() {
    String unknown =
        here.list().ids().stream()
            .filter(id -> here.book().address(id) == null)
            .map(NodeId::value)
            .collect(Collectors.joining(", "));
    return unknown.isEmpty()
        ? ""
        : "; where " + unknown + " is, is not known yet (pekko-raft.addresses)";
  }

  private RaftNodeSettings settings(Proposal proposal, boolean mayFound) {
    NodeConfiguration configuration = here.configuration();
    return new RaftNodeSettings(
        proposal.group(),
        identity.node(),
        identity.incarnation(),
        PresentAddresses.of(proposal.configuration(), here.book()),
        mayFound,
        stateMachine,
        directory.snapshots(),
        configuration.protocol(),
        configuration.journalPlugin(),
        configuration.snapshotPlugin(),
        configuration.maxRequests());
  }

  /** Once the log is read it is known to be founded: from then on an empty one is a lost one. */
  private void watchRecovery(RaftGroup started, int failedLooks) {
    started.status().thenAccept(status -> onRecoveryStatus(started, status, failedLooks));
  }

  private void onRecoveryStatus(RaftGroup started, RaftStatus status, int failedLooks) {
    ActorRef<FormationActor.Command> actor = formation;
    boolean failed = status.role() == Role.FAILED;
    if (stopping) {
      return;
    }
    if (failed && failedLooks == LOOKS_UNTIL_BELIEVED_FAILED) {
      fail(OperatorException.failed(TAKES_NO_PART + status.reason()));
    } else if (failed || status.role() == Role.RECOVERING || actor == null) {
      int looks = failed ? failedLooks + 1 : 0;
      ActorSystem<?> system = here.system();
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
      directory.markStarted();
    } catch (IOException e) {
      LOG.warn("the data directory cannot be marked as started: {}", e.toString());
    }
  }

  /** Tells the application, which is not to stop whoever tells it by throwing. */
  private void fail(OperatorException why) {
    if (stopping || !toldOfFailure.compareAndSet(false, true)) {
      return;
    }
    LOG.error("{}: {}", identity.group(), why.getMessage());
    try {
      onFailure.accept(why);
    } catch (RuntimeException e) {
      LOG.error("{}: the application's onFailure threw", identity.group(), e);
    }
  }
}
