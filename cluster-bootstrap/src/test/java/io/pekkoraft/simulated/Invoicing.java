package io.pekkoraft.simulated;

import io.pekkoraft.api.Leadership;
import io.pekkoraft.api.RaftGroup;
import io.pekkoraft.cluster.PekkoRaft;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.session.Session;
import io.pekkoraft.singleton.FencingToken;
import io.pekkoraft.singleton.RaftSingleton;
import io.pekkoraft.singleton.RaftSingletonActor;
import io.pekkoraft.singleton.example.InvoiceNumbers;
import io.pekkoraft.singleton.example.InvoiceNumbers.Command;
import io.pekkoraft.singleton.example.InvoiceNumbers.Issued;
import io.pekkoraft.singleton.example.InvoiceNumbers.Next;
import io.pekkoraft.singleton.example.InvoiceTable;
import io.pekkoraft.testkit.fullstack.ApplicationCluster;
import io.pekkoraft.testkit.fullstack.ApplicationTestKit;
import io.pekkoraft.testkit.fullstack.Instances;
import java.time.Duration;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.BehaviorInterceptor;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.TypedActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * The invoice numbers of the documentation, in three processes on virtual time, each with a client
 * that asks for numbers all the time. At every step at most one process holds the name.
 */
final class Invoicing {
  static final String CONFIG =
      """
      include classpath("pekko-raft-application.conf")
      pekko.loglevel = OFF
      pekko.actor {
        serializers.invoices = "io.pekkoraft.singleton.example.InvoiceSerializer"
        serialization-bindings {
          "io.pekkoraft.singleton.example.InvoiceNumbers$Command" = invoices
          "io.pekkoraft.singleton.example.InvoiceNumbers$Issued" = invoices
        }
      }
      """;

  private static final String NAME = "invoice-numbers";
  private static final Duration ASKING = Duration.ofMillis(40);
  private static final Duration WORK = Duration.ofMillis(300);
  private static final Duration LIMIT = Duration.ofSeconds(20);

  final Instances instances = Instances.of(NAME);
  final InvoiceTable table = new InvoiceTable();
  final ApplicationCluster cluster;
  private final IdentityHashMap<ActorSystem<?>, Session> sessions = new IdentityHashMap<>();
  private final Set<Long> issued = new HashSet<>();
  private boolean twice;
  private long lateWritesRefused;
  private long lateWritesDone;

  private enum Ask {
    ASK
  }

  /**
   * Starts all three.
   *
   * @param drift of the clocks, at most
   */
  Invoicing(long seed, double drift) {
    cluster = ApplicationTestKit.of(this::main).config(CONFIG).drift(drift).seed(seed).start();
    cluster.always("one process holds the name", () -> holders() <= 1);
    cluster.always("no number is issued twice", () -> !twice);
    cluster.always("what an old instance left behind changes nothing", () -> lateWritesDone == 0);
  }

  Invoicing(long seed) {
    this(seed, 0);
  }

  /** What the application does at each start of a process. */
  private void main(ActorSystem<?> system) {
    sessions.put(system, PekkoRaft.get(system).session());
    ActorRef<Command> numbers =
        RaftSingleton.get(system)
            .init(
                RaftSingletonActor.of(token -> numbers(system, token), NAME)
                    .withStopMessage(InvoiceNumbers.Stop.STOP));
    system.systemActorOf(client(numbers), "client", Props.empty());
  }

  /** Of the documentation, watched. It claims the table first, and leaves a job behind. */
  private Behavior<Command> numbers(ActorSystem<?> system, FencingToken token) {
    return instances.observed(
        token.value(),
        Behaviors.setup(
            context -> {
              table.next(token.value());
              system
                  .scheduler()
                  .scheduleAtFixedRate(
                      ASKING, ASKING, () -> writeLate(token.value()), system.executionContext());
              return Behaviors.intercept(SlowStop::new, InvoiceNumbers.create(table, token));
            }));
  }

  /** Has work to finish when it is to stop. */
  private static final class SlowStop extends BehaviorInterceptor<Command, Command> {
    private boolean asked;

    SlowStop() {
      super(Command.class);
    }

    @Override
    public Behavior<Command> aroundReceive(
        TypedActorContext<Command> ctx, Command message, ReceiveTarget<Command> target) {
      if (message == InvoiceNumbers.Stop.STOP && !asked) {
        asked = true;
        ctx.asJava().scheduleOnce(WORK, ctx.asJava().getSelf(), message);
        return Behaviors.same();
      }
      return target.apply(ctx, message);
    }
  }

  private void writeLate(long token) {
    boolean late = token < instances.newestToken();
    try {
      table.next(token);
      lateWritesDone += late ? 1 : 0;
    } catch (IllegalStateException refused) {
      lateWritesRefused++;
    }
  }

  private Behavior<Object> client(ActorRef<Command> numbers) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> {
                  timers.startTimerWithFixedDelay(Ask.ASK, ASKING);
                  return Behaviors.receive(Object.class)
                      .onMessageEquals(
                          Ask.ASK,
                          () -> {
                            numbers.tell(new Next(context.getSelf().narrow()));
                            return Behaviors.same();
                          })
                      .onMessage(Issued.class, this::onIssued)
                      .build();
                }));
  }

  private Behavior<Object> onIssued(Issued number) {
    twice |= !issued.add(number.number());
    return Behaviors.same();
  }

  /** How many processes may act under the name at this instant, by their own clocks. */
  private int holders() {
    List<Long> tokens = instances.tokens();
    int holders = 0;
    for (String name : cluster.names()) {
      Session session = cluster.isRunning(name) ? sessions.get(cluster.system(name)) : null;
      for (int i = Math.max(0, tokens.size() - 3); session != null && i < tokens.size(); i++) {
        holders += session.holds("singleton/" + NAME, tokens.get(i)) ? 1 : 0;
      }
    }
    return holders;
  }

  int issued() {
    return issued.size();
  }

  long lateWritesRefused() {
    return lateWritesRefused;
  }

  // --- what tests wait for

  /** Waits until one instance is there and answers. */
  String awaitHome() {
    int before = issued();
    cluster.await(
        "one instance, and an answer",
        LIMIT,
        () -> instances.alive() == 1 && holders() == 1 && issued() > before + 2);
    return instances.processes().get(0);
  }

  /**
   * Waits until an instance with a later token acts.
   *
   * @return how long it took
   */
  Duration awaitNext(long token) {
    Duration begin = cluster.now();
    cluster.await("a later instance", LIMIT, () -> instances.newestToken() > token);
    return cluster.now().minus(begin);
  }

  /** Which process leads the coordination group; waits for one that does. */
  String awaitLeader() {
    cluster.await("a leader", LIMIT, () -> !leader().isEmpty());
    return leader();
  }

  private String leader() {
    String leader = "";
    long term = 0;
    for (String name : cluster.names()) {
      Leadership leadership = cluster.isRunning(name) ? group(name).leadership() : null;
      if (leadership != null && leadership.term() > term) {
        term = leadership.term();
        leader = name;
      }
    }
    return leader;
  }

  RaftGroup group(String name) {
    return PekkoRaft.get(cluster.system(name)).group("coordination").orElseThrow();
  }

  /** Makes a process the leader. */
  void lead(String name) {
    if (!awaitLeader().equals(name)) {
      cluster.on(leader(), system -> group(leader()).transferLeadership(NodeId.of(name), LIMIT));
      cluster.await(name + " leads", LIMIT, () -> leader().equals(name));
    }
  }
}
