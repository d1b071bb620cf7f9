package io.pekkoraft.testkit.fullstack;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.pekkoraft.api.Leadership;
import io.pekkoraft.api.Outcome;
import io.pekkoraft.api.RaftGroup;
import io.pekkoraft.api.StateMachine;
import io.pekkoraft.log.Configuration;
import io.pekkoraft.log.Member;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.role.NodeSettings;
import io.pekkoraft.testkit.Cluster;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.pekko.actor.DeadLetter;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.eventstream.EventStream;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;

/**
 * A group of real members, called a, b, c…, each in an actor system of its own on a machine of its
 * own in a {@link VirtualWorld}. The invariants are checked all the while, against the bytes on the
 * disks too. Not safe for use by several threads.
 *
 * <pre>{@code
 * FullStackCluster cluster = FullStackCluster.of(3, 1, Counter::new);
 * String leader = cluster.awaitLeader();
 * cluster.machine(leader).losePower();
 * cluster.awaitLeader();
 * }</pre>
 */
public final class FullStackCluster {
  /** Within which a leader must be there once nothing is wrong: four times the longest timeout. */
  public static final Duration ELECTION_LIMIT = Cluster.ELECTION_LIMIT;

  private final VirtualWorld world;
  private final Map<String, FullStackMember> members = new LinkedHashMap<>();
  private final ClientHistory history;
  private final DiskChecks disks;
  private final ProtocolChecks checks;

  private FullStackCluster(
      VirtualWorld world,
      int size,
      NodeSettings settings,
      Config overrides,
      Supplier<? extends StateMachine> stateMachine) {
    this.world = world;
    Config config = overrides.withFallback(FullStackMember.config());
    Map<Machine, Member> voters = new LinkedHashMap<>();
    for (int i = 0; i < size; i++) {
      Machine machine = world.add(String.valueOf((char) ('a' + i)));
      voters.put(
          machine, new Member(NodeId.of(machine.name()), i + 1, machine.address().toString()));
    }
    this.history = new ClientHistory(world);
    LogMatching matching = new LogMatching(world);
    MessageChecks messages = new MessageChecks(world, matching);
    this.disks =
        new DiskChecks(
            world, List.copyOf(voters.keySet()), FullStackMember::durable, matching, history);
    this.checks = new ProtocolChecks(world, disks, messages);
    FullStackMember.Group group =
        new FullStackMember.Group(
            settings,
            new Configuration(List.copyOf(voters.values())),
            stateMachine,
            history,
            messages,
            disks,
            checks);
    voters.forEach(
        (machine, member) ->
            members.put(machine.name(), new FullStackMember(group, machine, member, config)));
    world.network().onSend(checks::sent);
    world.network().onArrival(messages::arrived);
    world.network().onSend(this::speaks);
    world.showDisks(disks::lastLook);
  }

  private void speaks(Flight flight) {
    FullStackMember member = members.get(flight.from().name());
    if (member != null && flight.peerMessage() != null) {
      member.speaks();
    }
  }

  /**
   * Starts a group with the settings of {@link Cluster#SETTINGS}.
   *
   * @param stateMachine makes a fresh one for each start of a member
   */
  public static FullStackCluster of(
      int size, long seed, Supplier<? extends StateMachine> stateMachine) {
    FullStackCluster cluster =
        in(VirtualWorld.of(seed), size, Cluster.SETTINGS, ConfigFactory.empty(), stateMachine);
    cluster.names().forEach(cluster::start);
    return cluster;
  }

  /**
   * A group in a world that is there already; no member is started yet.
   *
   * @param settings of the protocol, the same for all
   * @param overrides configuration of the actor systems
   */
  public static FullStackCluster in(
      VirtualWorld world,
      int size,
      NodeSettings settings,
      Config overrides,
      Supplier<? extends StateMachine> stateMachine) {
    return new FullStackCluster(world, size, settings, overrides, stateMachine);
  }

  public VirtualWorld world() {
    return world;
  }

  public List<String> names() {
    return List.copyOf(members.keySet());
  }

  /** All but these. */
  public List<String> others(String... names) {
    return names().stream().filter(name -> !List.of(names).contains(name)).toList();
  }

  private FullStackMember member(String name) {
    FullStackMember member = members.get(name);
    if (member == null) {
      throw new IllegalArgumentException("there is no member " + name);
    }
    return member;
  }

  public Machine machine(String name) {
    return member(name).machine();
  }

  /**
   * @throws IllegalStateException if it does not run
   */
  public ActorSystem<?> system(String name) {
    return machine(name).system();
  }

  public boolean isRunning(String name) {
    return member(name).runs();
  }

  /**
   * The member's handle; what it is asked runs on its machine. A request whose machine goes down
   * before the answer is never completed.
   *
   * @throws IllegalStateException if it does not run
   */
  public RaftGroup group(String name) {
    return member(name).group();
  }

  /** The state machine of a member's newest start. */
  public StateMachine stateMachine(String name) {
    StateMachine newest = member(name).stateMachine();
    if (newest == null) {
      throw new IllegalStateException("member " + name + " was never started");
    }
    return newest;
  }

  /** How far a member's state machine is: the index of the last command it has applied. */
  public long appliedIndex(String name) {
    return member(name).appliedIndex();
  }

  ClientHistory history() {
    return history;
  }

  ProtocolChecks checks() {
    return checks;
  }

  DiskChecks disks() {
    return disks;
  }

  /** Configuration of one member's actor system, above that of all, from its next start on. */
  public void overrides(String name, Config overrides) {
    member(name).override(overrides);
  }

  /** Tells of every message in a running actor system that finds no actor. */
  public void deadLetters(String name, Consumer<DeadLetter> listener) {
    ActorSystem<?> system = system(name);
    machine(name)
        .run(
            () -> {
              ActorRef<DeadLetter> hears =
                  system.systemActorOf(
                      Behaviors.receiveMessage(
                          letter -> {
                            listener.accept(letter);
                            return Behaviors.same();
                          }),
                      "hears-dead-letters",
                      Props.empty());
              system.eventStream().tell(new EventStream.Subscribe<>(DeadLetter.class, hears));
            });
  }

  // --- members come and go; they end through their machines

  /**
   * Starts a member on what its disk holds, and an actor system for it unless that runs; nothing if
   * the member runs or is stopping.
   */
  public void start(String name) {
    member(name).start();
  }

  /**
   * Stops a member in order; its actor system goes on. When this returns it is under way.
   *
   * @param timeout within which it should have ended; if it has not, its process is killed
   * @param then called when it has ended, either way
   * @throws IllegalStateException if it does not run
   */
  public void stop(String name, Duration timeout, Runnable then) {
    member(name).stop(timeout, then);
  }

  // --- the network

  /** From now on {@code to} hears nothing of {@code from}. */
  public void cutOneWay(String from, String to) {
    world.network().cut(from, to);
  }

  /** From now on neither hears the other. */
  public void cut(String one, String other) {
    world.network().cut(one, other);
    world.network().cut(other, one);
  }

  /** Nobody hears it, and it hears nobody. */
  public void isolate(String name) {
    others(name).forEach(other -> cut(name, other));
  }

  /** All links work again. */
  public void heal() {
    world.network().healAll();
  }

  // --- time

  public void elapse(Duration duration) {
    world.elapse(duration);
  }

  /**
   * @param what is waited for, for the report
   * @throws AssertionError if it is not so within {@code limit}
   */
  public void await(String what, Duration limit, BooleanSupplier condition) {
    if (!world.await(condition, limit)) {
      throw world.failure("not within " + limit + ": " + what);
    }
  }

  // --- what members do

  /**
   * Who leads, as the members see it themselves; of several the one of the highest term; or null.
   */
  public @Nullable String leader() {
    String leader = null;
    long term = 0;
    for (FullStackMember member : members.values()) {
      Leadership leadership = member.runs() ? member.group().leadership() : null;
      if (leadership != null && leadership.term() > term) {
        term = leadership.term();
        leader = member.machine().name();
      }
    }
    return leader;
  }

  /**
   * Waits for a leader.
   *
   * @return its name
   * @throws AssertionError if there is none within {@link #ELECTION_LIMIT}
   */
  public String awaitLeader() {
    return awaitLeaderAmong(names());
  }

  public String awaitLeaderAmong(List<String> candidates) {
    String[] leader = new String[1];
    await(
        "a leader among " + candidates,
        ELECTION_LIMIT,
        () -> {
          leader[0] = leader();
          return leader[0] != null && candidates.contains(leader[0]);
        });
    return leader[0];
  }

  /**
   * Proposes a command at whoever leads, and waits until it is committed.
   *
   * @throws AssertionError if it is not within {@code timeout}
   */
  public Outcome.Committed commit(byte[] command, Duration timeout) {
    CompletableFuture<Outcome> answer =
        group(awaitLeader()).propose(command, timeout).toCompletableFuture();
    await("an answer", timeout.plusSeconds(1), answer::isDone);
    if (answer.join() instanceof Outcome.Committed committed) {
      return committed;
    }
    throw world.failure("not committed: " + answer.join());
  }
}
