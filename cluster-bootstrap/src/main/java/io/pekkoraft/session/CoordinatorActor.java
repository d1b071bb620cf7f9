package io.pekkoraft.session;

import io.pekkoraft.api.Leadership;
import io.pekkoraft.api.Outcome;
import io.pekkoraft.api.RaftGroup;
import io.pekkoraft.coordination.CoordinationTable;
import io.pekkoraft.coordination.Grants;
import io.pekkoraft.coordination.Ping;
import io.pekkoraft.coordination.Proposal;
import io.pekkoraft.coordination.Proposal.Fate;
import io.pekkoraft.coordination.SessionId;
import io.pekkoraft.coordination.TableResult;
import io.pekkoraft.node.TimeAndChance;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives {@link Grants} beside a member of the coordination group: answers pings while that member
 * leads, and proposes what is decided. One on each member, at the same path everywhere; it hears
 * {@link Ping}s of sessions, and what it tells itself.
 */
final class CoordinatorActor extends AbstractBehavior<Object> {
  private static final Logger LOG = LoggerFactory.getLogger(CoordinatorActor.class);
  private static final String DISPATCHER = "pekko-raft.dispatcher";

  /** References of sessions that are kept; the oldest is dropped, and looked up again. */
  private static final int MAX_KNOWN = 1000;

  private enum Tick {
    TICK
  }

  private record Settled(Proposal proposal, Outcome outcome) {}

  private final CoordinationSettings settings;
  private final RaftGroup group;
  private final String address;
  private final TimeAndChance clock;
  private final Grants grants;
  private final Map<SessionId, ActorRef<Object>> sessions = new LinkedHashMap<>();
  private @Nullable Leadership leadership;

  private CoordinatorActor(
      ActorContext<Object> context,
      CoordinationSettings settings,
      RaftGroup group,
      CoordinationTable table,
      String address) {
    super(context);
    this.settings = settings;
    this.group = group;
    this.address = address;
    this.clock = TimeAndChance.of(context.getSystem());
    this.grants = new Grants(settings.grants(), table::view, clock.monotonicNanos());
  }

  /**
   * Starts the actor.
   *
   * @param group this process's member
   * @param table that member's state machine
   * @param address of this actor system
   */
  static void start(
      ActorSystem<?> system,
      CoordinationSettings settings,
      RaftGroup group,
      CoordinationTable table,
      String address) {
    Behavior<Object> behavior =
        Behaviors.withTimers(
            timers -> {
              timers.startTimerWithFixedDelay(Tick.TICK, settings.pingInterval());
              return Behaviors.setup(
                  context -> new CoordinatorActor(context, settings, group, table, address));
            });
    // A mistake of ours in an answer must not leave a leader that grants nothing.
    system.systemActorOf(
        Behaviors.supervise(behavior).onFailure(SupervisorStrategy.restart()),
        settings.coordinatorName(),
        DispatcherSelector.fromConfig(DISPATCHER));
  }

  @Override
  public Receive<Object> createReceive() {
    return newReceiveBuilder()
        .onMessage(Ping.class, this::onPing)
        .onMessage(Tick.class, tick -> onTick())
        .onMessage(Settled.class, this::onSettled)
        .build();
  }

  private Behavior<Object> onPing(Ping ping) {
    ActorRef<Object> session = session(ping.session());
    if (session == null) {
      return this;
    }
    lookWhoLeads();
    Grants.Answer answer = grants.onPing(ping, clock.monotonicNanos());
    propose(answer.proposals());
    if (answer.pong() != null) {
      session.tell(new Reply(address, answer.pong()));
    }
    return this;
  }

  private Behavior<Object> onTick() {
    lookWhoLeads();
    propose(grants.tick(clock.monotonicNanos()));
    return this;
  }

  private void lookWhoLeads() {
    Leadership present = group.leadership();
    if (present == leadership) {
      return;
    }
    leadership = present;
    if (present == null) {
      LOG.info("no longer coordinating, in the group {}", settings.group());
      grants.following();
    } else {
      LOG.info("coordinating in term {} of the group {}", present.term(), settings.group());
      grants.leading(present, clock.monotonicNanos());
    }
  }

  private void propose(List<Proposal> proposals) {
    ActorRef<Object> self = getContext().getSelf();
    for (Proposal proposal : proposals) {
      LOG.debug("proposing in term {}: {}", proposal.term(), proposal.command());
      group
          .proposeInTerm(proposal.term(), proposal.command().toBytes(), settings.electionTimeout())
          .thenAccept(outcome -> self.tell(new Settled(proposal, outcome)));
    }
  }

  private Behavior<Object> onSettled(Settled settled) {
    Outcome outcome = settled.outcome();
    if (outcome instanceof Outcome.Committed committed) {
      TableResult result = TableResult.fromBytes(committed.result());
      if (result.status() == TableResult.Status.FULL
          || result.status() == TableResult.Status.MALFORMED) {
        LOG.error("{} was refused: {}", settled.proposal().command(), result.status());
      } else {
        LOG.info("{}: {}", settled.proposal().command(), result);
      }
      grants.settled(settled.proposal(), Fate.APPLIED);
    } else {
      LOG.warn("{} was not committed: {}", settled.proposal().command(), outcome);
      grants.settled(
          settled.proposal(),
          outcome instanceof Outcome.Indeterminate ? Fate.UNKNOWN : Fate.NOT_DONE);
    }
    return this;
  }

  /**
   * By its path, not by a reference: a session that starts again is found as it was before. Null if
   * its name is no address.
   */
  private @Nullable ActorRef<Object> session(SessionId id) {
    ActorRef<Object> known = sessions.get(id);
    if (known == null) {
      try {
        known =
            ActorRefResolver.get(getContext().getSystem())
                .resolveActorRef(id.name() + "/system/" + settings.sessionName());
      } catch (IllegalArgumentException noAddress) {
        LOG.debug("a ping of {} is ignored: {}", id, noAddress.toString());
        return null;
      }
      if (sessions.size() >= MAX_KNOWN) {
        sessions.remove(sessions.keySet().iterator().next());
      }
      sessions.put(id, known);
    }
    return known;
  }
}
