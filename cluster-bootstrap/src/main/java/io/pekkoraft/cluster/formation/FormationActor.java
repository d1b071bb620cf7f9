package io.pekkoraft.cluster.formation;

import io.pekkoraft.cluster.formation.Decision.Form;
import io.pekkoraft.cluster.formation.Decision.KeepProbing;
import io.pekkoraft.cluster.formation.Decision.Promise;
import io.pekkoraft.cluster.formation.Decision.Refuse;
import io.pekkoraft.cluster.formation.Decision.Start;
import io.pekkoraft.cluster.formation.FormationEvent.Formed;
import io.pekkoraft.cluster.formation.FormationEvent.Promised;
import io.pekkoraft.cluster.formation.FormationEvent.Started;
import io.pekkoraft.cluster.formation.MemberList.Entry;
import io.pekkoraft.log.Member;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.node.AddressBook;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.RecoveryCompleted;
import org.apache.pekko.persistence.typed.RecoveryFailed;
import org.apache.pekko.persistence.typed.javadsl.CommandHandler;
import org.apache.pekko.persistence.typed.javadsl.Effect;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehavior;
import org.apache.pekko.persistence.typed.javadsl.SignalHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out what {@link BootstrapDecider} decides: tells and asks the listed nodes over Artery,
 * and keeps each {@link FormationEvent} before anybody hears of it. Lives as long as the process,
 * because whoever is still forming the group asks it.
 */
public final class FormationActor
    extends EventSourcedBehavior<FormationActor.Command, FormationEvent, FormationState> {

  /** What the actor is told. */
  public sealed interface Command permits Statement, Internal, TakeNoPart {}

  private enum Internal implements Command {
    /** Time to ask again. */
    ASK,
    /** Something changed. */
    DECIDE,
    /** The node's own log is founded. */
    RECORD_STARTED
  }

  /** The node must not take part, for a reason that the rules of formation do not know. */
  private record TakeNoPart(String reason) implements Command {}

  /**
   * What it needs to know.
   *
   * @param identity who this node is
   * @param address where this node's actor system is
   * @param list the configured list, with this node
   * @param book where the others are
   * @param drawnIncarnation random; see {@link BootstrapDecider}
   * @param wasStarted true if the node's log was founded in its data directory before
   * @param journalPlugin configuration path of the journal, the same as the node's
   * @param askAgainAfter pause between two rounds of asking
   */
  public record Settings(
      Identity identity,
      String address,
      MemberList list,
      AddressBook book,
      long drawnIncarnation,
      boolean wasStarted,
      String journalPlugin,
      Duration askAgainAfter) {}

  private static final Logger LOG = LoggerFactory.getLogger(FormationActor.class);

  /** Statements of nodes that are not listed: kept for the message only, so few are enough. */
  private static final int MAX_UNLISTED = 16;

  private final Settings settings;
  private final FormationListener listener;
  private final BootstrapDecider decider;
  private final ActorContext<Command> context;
  private final TimerScheduler<Command> timers;
  private final Map<NodeId, Statement> heard = new HashMap<>();
  private List<String> waitingFor = List.of();
  private boolean done;

  private FormationActor(
      Settings settings,
      FormationListener listener,
      ActorContext<Command> context,
      TimerScheduler<Command> timers) {
    super(persistenceId(settings.identity()));
    this.settings = settings;
    this.listener = listener;
    this.context = context;
    this.timers = timers;
    decider =
        new BootstrapDecider(
            settings.identity(),
            settings.list(),
            settings.drawnIncarnation(),
            settings.wasStarted());
  }

  /**
   * Starts the actor under {@code /system}, where the other nodes look for it.
   *
   * @return tell it nothing; give it to {@link #recordStarted}
   */
  public static ActorRef<Command> start(
      ActorSystem<?> system, Settings settings, FormationListener listener) {
    Behavior<Command> behavior =
        Behaviors.setup(
            context ->
                Behaviors.withTimers(
                    timers -> new FormationActor(settings, listener, context, timers)));
    return system.systemActorOf(behavior, actorName(settings.identity().group()), Props.empty());
  }

  /**
   * To be called once the node's log is known to be founded: from then on an empty one is refused
   * as lost.
   */
  public static void recordStarted(ActorRef<Command> formation) {
    formation.tell(Internal.RECORD_STARTED);
  }

  /** To be called if this node must not take part; the listener is told so unless it formed. */
  public static void takeNoPart(ActorRef<Command> formation, String reason) {
    formation.tell(new TakeNoPart(reason));
  }

  private static String actorName(String group) {
    return "raft-formation-" + group;
  }

  private static PersistenceId persistenceId(Identity identity) {
    return PersistenceId.ofUniqueId(
        "pekko-raft|"
            + identity.cluster()
            + "|"
            + identity.group()
            + "|"
            + identity.node()
            + "|formation");
  }

  @Override
  public FormationState emptyState() {
    return FormationState.INITIAL;
  }

  @Override
  public String journalPluginId() {
    return settings.journalPlugin();
  }

  @Override
  public String snapshotPluginId() {
    return "pekko.persistence.no-snapshot-store"; // three events, ever
  }

  @Override
  public EventHandler<FormationState, FormationEvent> eventHandler() {
    return FormationState::apply;
  }

  @Override
  public CommandHandler<Command, FormationEvent, FormationState> commandHandler() {
    return newCommandHandlerBuilder()
        .forAnyState()
        .onCommand(Statement.class, this::onStatement)
        .onCommand(Internal.class, this::onInternal)
        .onCommand(TakeNoPart.class, this::onTakeNoPart)
        .build();
  }

  @Override
  public SignalHandler<FormationState> signalHandler() {
    return newSignalHandlerBuilder()
        .onSignal(RecoveryCompleted.class, (state, signal) -> begin())
        .onSignal(
            RecoveryFailed.class, (state, failed) -> fail("cannot be read: " + failed.getFailure()))
        .onSignal(PostStop.class, (state, signal) -> fail("stopped accepting writes"))
        .build();
  }

  private void begin() {
    if (settings.list().entries().size() > 1) {
      timers.startTimerWithFixedDelay(
          Internal.ASK, Internal.ASK, Duration.ZERO, settings.askAgainAfter());
    }
    context.getSelf().tell(Internal.DECIDE);
  }

  private void fail(String what) {
    if (!done) {
      done = true;
      listener.failed("the journal of the group's formation " + what);
    }
  }

  private Effect<FormationEvent, FormationState> onStatement(
      FormationState state, Statement statement) {
    NodeId sender = statement.sender().node();
    boolean listed = settings.list().address(sender) != null;
    if (listed
        || heard.containsKey(sender)
        || heard.size() < settings.list().entries().size() + MAX_UNLISTED) {
      heard.put(sender, statement);
    }
    if (statement.question()) {
      answer(state, statement);
    }
    return done ? Effect().none() : decide(state);
  }

  private void answer(FormationState state, Statement question) {
    NodeId asker = question.sender().node();
    if (!asker.equals(settings.identity().node())) {
      tell(question.address(), state, false);
    }
    Proposal proposal = state.proposal();
    if (state.step().isFormed()
        && proposal != null
        && !proposal.admits(asker, question.sender().incarnation())) {
      LOG.warn(
          "'{}' asks to form the group {}, which exists and does not admit it with that data"
              + " directory (incarnation {}). It was told so.",
          asker,
          proposal.group(),
          Long.toHexString(question.sender().incarnation()));
    }
  }

  private Effect<FormationEvent, FormationState> onInternal(
      FormationState state, Internal command) {
    return switch (command) {
      case ASK -> {
        tellAll(state, true);
        yield Effect().none();
      }
      case DECIDE -> done ? Effect().none() : decide(state);
      case RECORD_STARTED ->
          state.step() == FormationState.Step.FORMED
              ? Effect().persist(new Started())
              : Effect().none();
    };
  }

  private Effect<FormationEvent, FormationState> decide(FormationState state) {
    Decision decision = decider.decide(state, heard);
    if (decision instanceof Promise promise) {
      return keep(new Promised(promise.proposal()));
    }
    if (decision instanceof Form form) {
      return keep(new Formed(form.proposal()));
    }
    if (decision instanceof Start start) {
      end();
      warnIfListChanged(start.proposal());
      listener.formed(start.proposal(), start.mayFound());
    } else if (decision instanceof Refuse refuse) {
      end();
      listener.refused(refuse.reason());
    } else if (decision instanceof KeepProbing probing
        && !probing.waitingFor().equals(waitingFor)) {
      waitingFor = probing.waitingFor();
      listener.waitingFor(waitingFor);
    }
    return Effect().none();
  }

  private Effect<FormationEvent, FormationState> onTakeNoPart(
      FormationState state, TakeNoPart command) {
    if (!done) {
      end();
      listener.refused(command.reason());
    }
    return Effect().none();
  }

  private void end() {
    done = true;
    timers.cancel(Internal.ASK);
  }

  /** Nobody hears of a step before it is durable. */
  private Effect<FormationEvent, FormationState> keep(FormationEvent event) {
    return Effect()
        .persist(event)
        .thenRun(
            (FormationState state) -> {
              LOG.debug("{}", event);
              tellAll(state, false);
              context.getSelf().tell(Internal.DECIDE);
            });
  }

  private void warnIfListChanged(Proposal proposal) {
    List<NodeId> remembered = proposal.configuration().voters().stream().map(Member::id).toList();
    if (!remembered.equals(settings.list().ids())) {
      LOG.warn(
          "pekko-raft.node.members is {}, but the members of the group are {}. A formed group keeps"
              + " its members: correct the list.",
          settings.list().ids(),
          remembered);
    }
  }

  private void tellAll(FormationState state, boolean question) {
    for (Entry entry : settings.list().entries()) {
      String address = settings.book().address(entry.id());
      if (address != null && !entry.id().equals(settings.identity().node())) {
        tell(address, state, question);
      }
    }
  }

  private void tell(String address, FormationState state, boolean question) {
    ActorRef<Command> peer =
        ActorRefResolver.get(context.getSystem())
            .resolveActorRef(address + "/system/" + actorName(settings.identity().group()));
    peer.tell(
        new Statement(settings.identity(), settings.address(), settings.list(), state, question));
  }
}
