package io.pekkoraft.singleton;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.singleton.example.InvoiceNumbers;
import io.pekkoraft.singleton.example.InvoiceNumbers.Issued;
import io.pekkoraft.singleton.example.InvoiceNumbers.Next;
import io.pekkoraft.singleton.example.InvoiceTable;
import io.pekkoraft.singleton.example.WithClusterSingleton;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three real members of a coordination group, and singletons on them. */
class RaftSingletonNodesTest {
  private static final Duration DEADLINE = Duration.ofMinutes(2);
  private static final String STOP = "stop, please";

  @TempDir Path temp;

  /** What the instances did, in the order in which they did it: they are in one process here. */
  private final List<Act> acts = new CopyOnWriteArrayList<>();

  /** For each singleton, the proxy on each node. */
  private final Map<String, Map<String, ActorRef<String>>> proxies = new HashMap<>();

  private int questions;

  private record Act(String singleton, String node, long token, String what) {}

  @Test
  void singletons_are_spread_and_come_back_when_their_node_is_gone() throws IOException {
    try (Nodes nodes = new Nodes(temp)) {
      List<String> names = List.of("s0", "s1", "s2", "s3", "s4", "s5");
      init(nodes, names);
      names.forEach(name -> answer(name, "a"));
      await("each node hosts two", () -> names.stream().map(this::hosts).distinct().count() == 3);

      Act before = answer("s0", "a");
      String killed = before.node();
      String asked = Nodes.IDS.stream().filter(id -> !id.equals(killed)).findFirst().orElseThrow();
      nodes.kill(killed);
      Act after = answer("s0", asked);
      assertThat(after.node()).isNotEqualTo(killed);
      assertThat(after.token()).isGreaterThan(before.token());
      names.forEach(name -> assertThat(answer(name, asked).node()).isNotEqualTo(killed));
      assertOneTenureAtATime();
    }
  }

  @Test
  void a_node_that_leaves_hands_over_before_another_acts() throws IOException {
    try (Nodes nodes = new Nodes(temp)) {
      init(nodes, List.of("one"));
      Act before = answer("one", "a");
      String asked =
          Nodes.IDS.stream().filter(id -> !id.equals(before.node())).findFirst().orElseThrow();
      nodes.shutDown(before.node());
      Act after = answer("one", asked);
      assertThat(after.token()).isGreaterThan(before.token());
      assertThat(acts)
          .contains(new Act("one", before.node(), before.token(), STOP))
          .contains(new Act("one", before.node(), before.token(), "stopped"));
      assertOneTenureAtATime();
    }
  }

  @Test
  void an_unchanged_application_of_pekkos_cluster_singleton_goes_on() throws IOException {
    try (Nodes nodes = new Nodes(temp)) {
      InvoiceTable table = new InvoiceTable();
      Map<String, ActorRef<InvoiceNumbers.Command>> numbers = new HashMap<>();
      nodes
          .running()
          .forEach((id, system) -> numbers.put(id, WithClusterSingleton.start(system, table)));
      assertThat(next(nodes, numbers)).isPositive();
      String host =
          nodes.running().entrySet().stream()
              .filter(entry -> status(entry.getValue(), "invoice-numbers").token().isPresent())
              .map(Map.Entry::getKey)
              .findFirst()
              .orElseThrow();
      nodes.kill(host);
      long last = table.next();
      assertThat(next(nodes, numbers)).isGreaterThan(last);
    }
  }

  private static long next(Nodes nodes, Map<String, ActorRef<InvoiceNumbers.Command>> numbers) {
    Map.Entry<String, ActorSystem<Void>> any = nodes.running().entrySet().iterator().next();
    ActorRef<InvoiceNumbers.Command> proxy = numbers.get(any.getKey());
    assertThat(proxy).isNotNull();
    TestProbe<Issued> answers = TestProbe.create(Issued.class, any.getValue());
    List<Issued> issued = new ArrayList<>();
    await(
        "a number is issued",
        () -> {
          proxy.tell(new Next(answers.ref()));
          try {
            issued.add(answers.receiveMessage(Duration.ofMillis(500)));
          } catch (AssertionError noAnswer) {
            return false;
          }
          return true;
        });
    return issued.get(0).number();
  }

  private static SingletonStatus status(ActorSystem<?> system, String name) {
    return RaftSingleton.get(system).status(name).orElseThrow();
  }

  private void init(Nodes nodes, List<String> names) {
    nodes
        .running()
        .forEach(
            (id, system) ->
                names.forEach(
                    name ->
                        proxies
                            .computeIfAbsent(name, any -> new HashMap<>())
                            .put(id, init(system, id, name))));
  }

  private ActorRef<String> init(ActorSystem<?> system, String id, String name) {
    return RaftSingleton.get(system)
        .init(
            RaftSingletonActor.<String>of(token -> instance(name, id, token), name)
                .withStopMessage(STOP));
  }

  private Behavior<String> instance(String name, String node, FencingToken token) {
    return Behaviors.receive(String.class)
        .onMessage(
            String.class,
            message -> {
              acts.add(new Act(name, node, token.value(), message));
              return message.equals(STOP) ? Behaviors.stopped() : Behaviors.same();
            })
        .onSignal(
            PostStop.class,
            signal -> {
              acts.add(new Act(name, node, token.value(), "stopped"));
              return Behaviors.same();
            })
        .build();
  }

  /** Asks through the proxy of a node until somebody answers. */
  private Act answer(String name, String node) {
    List<Act> answers = new ArrayList<>();
    ActorRef<String> proxy = proxies.getOrDefault(name, Map.of()).get(node);
    assertThat(proxy).isNotNull();
    List<String> asked = new ArrayList<>();
    await(
        name + " answers",
        () -> {
          String question = "question " + questions++;
          asked.add(question);
          proxy.tell(question);
          answers.addAll(acts.stream().filter(act -> asked.contains(act.what())).toList());
          return !answers.isEmpty();
        });
    return answers.get(answers.size() - 1);
  }

  private String hosts(String name) {
    return answer(name, "a").node();
  }

  /** No instance did anything after one with a later token had. */
  private void assertOneTenureAtATime() {
    Map<String, Long> newest = new HashMap<>();
    for (Act act : acts) {
      if (!act.what().equals("stopped")) {
        long token = newest.getOrDefault(act.singleton(), 0L);
        assertThat(act.token()).as(act.toString()).isGreaterThanOrEqualTo(token);
        newest.put(act.singleton(), act.token());
      }
    }
  }

  private static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + DEADLINE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("it did not come to be that " + what);
      }
      LockSupport.parkNanos(50_000_000); // the condition is what is awaited, not the time
    }
  }
}
