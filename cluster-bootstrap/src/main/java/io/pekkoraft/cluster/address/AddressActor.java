package io.pekkoraft.cluster.address;

import io.pekkoraft.log.NodeId;
import io.pekkoraft.node.AddressBook;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks whoever might be a member who it is, answers when it is asked, and keeps the book of
 * addresses. One in each process, at the same path everywhere.
 */
public final class AddressActor extends AbstractBehavior<AddressActor.Command> {
  private static final Logger LOG = LoggerFactory.getLogger(AddressActor.class);
  private static final String NAME = "raft-addresses";
  private static final String DISPATCHER = "pekko-raft.state-machine-dispatcher";

  /** Once all members are known, only each tenth round is held. */
  private static final int SELDOM = 10;

  /** What the actor is told. */
  public sealed interface Command
      permits Introduction, Tick, Looked, NotFound, Admitted, DisputeOver {}

  private enum Tick implements Command {
    TICK
  }

  private record Looked(Set<String> addresses) implements Command {}

  private record NotFound(Throwable cause) implements Command {}

  private record Admitted(Map<NodeId, Long> incarnations) implements Command {}

  private record DisputeOver(NodeId node) implements Command {}

  /**
   * What it needs to know.
   *
   * @param self this process
   * @param listed the configured members
   * @param book what is known already; it writes into it what it learns
   * @param askInterval how often it asks
   */
  public record Settings(
      Introduction self,
      Set<NodeId> listed,
      AddressBook book,
      Candidates candidates,
      Duration askInterval) {}

  /** Hears what is learnt. Called by the actor, which may be blocked for the disk. */
  public interface Listener {

    /** The book has changed. */
    void learnt(Map<NodeId, String> addresses);

    /** Another process is this node too; called for each start of such a process once. */
    void secondSelf(Introduction other);
  }

  private final Settings settings;
  private final Listener listener;
  private final TimerScheduler<Command> timers;
  private final KnownMembers known;
  private final Set<Long> complainedOf = new HashSet<>();
  private Set<String> found = Set.of();
  private long rounds;
  private String lastProblem = "";

  private AddressActor(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      Settings settings,
      Listener listener) {
    super(context);
    this.settings = settings;
    this.listener = listener;
    this.timers = timers;
    this.known = new KnownMembers(settings.self(), settings.listed());
    timers.startTimerWithFixedDelay(Tick.TICK, Tick.TICK, Duration.ZERO, settings.askInterval());
  }

  /**
   * Starts the actor under {@code /system}, where the other processes look for it.
   *
   * @return tell it nothing; give it to {@link #admit}
   */
  public static ActorRef<Command> start(
      ActorSystem<?> system, Settings settings, Listener listener) {
    Behavior<Command> behavior =
        Behaviors.setup(
            context ->
                Behaviors.withTimers(
                    timers -> new AddressActor(context, timers, settings, listener)));
    return system.systemActorOf(behavior, NAME, DispatcherSelector.fromConfig(DISPATCHER));
  }

  /** A group has these members, each with the data directory of this incarnation. */
  public static void admit(ActorRef<Command> addresses, Map<NodeId, Long> incarnations) {
    addresses.tell(new Admitted(Map.copyOf(incarnations)));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Introduction.class, this::onIntroduction)
        .onMessage(Tick.class, tick -> onTick())
        .onMessage(Looked.class, this::onLooked)
        .onMessage(NotFound.class, this::onNotFound)
        .onMessage(DisputeOver.class, this::onDisputeOver)
        .onMessage(
            Admitted.class,
            admitted -> {
              admitted.incarnations().forEach(known::admit);
              return this;
            })
        .build();
  }

  // --- asking

  private Behavior<Command> onTick() {
    if (rounds++ % SELDOM == 0 || !known.complete()) {
      Set<String> everywhere = new HashSet<>(settings.book().addresses().values());
      everywhere.addAll(found);
      everywhere.forEach(this::ask);
      getContext()
          .pipeToSelf(
              settings.candidates().look(),
              (addresses, failure) ->
                  addresses == null ? new NotFound(failure) : new Looked(addresses));
    }
    return this;
  }

  private Behavior<Command> onLooked(Looked looked) {
    lastProblem = "";
    Set<String> news = new HashSet<>(looked.addresses());
    news.removeAll(found);
    found = looked.addresses();
    news.forEach(this::ask);
    return this;
  }

  private Behavior<Command> onNotFound(NotFound failed) {
    String problem = failed.cause().toString();
    if (!problem.equals(lastProblem)) {
      lastProblem = problem;
      LOG.warn("looking for the members (pekko-raft.addresses) failed: {}", problem);
    }
    return this;
  }

  private void ask(String address) {
    if (!address.equals(settings.self().address())) {
      tell(address, true);
    }
  }

  private void tell(String address, boolean question) {
    try {
      ActorRef<Command> other =
          ActorRefResolver.get(getContext().getSystem())
              .resolveActorRef(address + "/system/" + NAME);
      other.tell(settings.self().asking(question));
    } catch (IllegalArgumentException malformed) {
      LOG.debug("'{}' is no address: {}", address, malformed.toString());
    }
  }

  // --- hearing

  private Behavior<Command> onIntroduction(Introduction who) {
    if (who.question() && who.cluster().equals(settings.self().cluster())) {
      tell(who.address(), false);
    }
    Introduction refused = known.settle(who);
    if (refused != null && complainedOf.add(refused.life())) {
      LOG.error(
          "two processes say that they are '{}': at {}, which is believed, and at {}, which is not."
              + " Give each its own pekko-raft.node.id.",
          who.node(),
          who.address(),
          refused.address());
    }
    judge(known.hear(who));
    return this;
  }

  private void judge(Found result) {
    if (result instanceof Found.Member member) {
      learn(member.who());
    } else if (result instanceof Found.Disputed disputed) {
      NodeId node = disputed.newcomer().node();
      if (node != null && !timers.isTimerActive(node)) {
        ask(disputed.present().address());
        timers.startSingleTimer(node, new DisputeOver(node), settings.askInterval());
      }
    } else if (result instanceof Found.SecondSelf second) {
      if (complainedOf.add(second.other().life())) {
        listener.secondSelf(second.other());
      }
    } else if (result instanceof Found.Stranger stranger
        && complainedOf.add(stranger.who().life())) {
      LOG.warn("the process at {} {}", stranger.who().address(), stranger.why());
    }
  }

  private Behavior<Command> onDisputeOver(DisputeOver dispute) {
    Introduction newcomer = known.replace(dispute.node());
    if (newcomer != null) {
      learn(newcomer);
    }
    return this;
  }

  private void learn(Introduction member) {
    NodeId node = member.node();
    @Nullable String before = node == null ? null : settings.book().address(node);
    if (node != null && !member.address().equals(before)) {
      settings.book().put(node, member.address());
      LOG.info("'{}' is at {}{}", node, member.address(), before == null ? "" : ", was " + before);
      listener.learnt(settings.book().addresses());
    }
  }
}
