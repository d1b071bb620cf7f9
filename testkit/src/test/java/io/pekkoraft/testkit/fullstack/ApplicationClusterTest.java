package io.pekkoraft.testkit.fullstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pekkoraft.testkit.InvariantViolation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(QuietLog.class)
class ApplicationClusterTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  @Test
  void what_another_thread_tells_an_actor_is_no_part_of_a_run() throws InterruptedException {
    List<ActorRef<String>> actors = new ArrayList<>();
    ApplicationCluster cluster =
        ApplicationTestKit.of(
                system ->
                    actors.add(
                        system.systemActorOf(Behaviors.<String>ignore(), "told", Props.empty())))
            .processes(1)
            .start();
    cluster.elapse(SECOND);
    Thread other = new Thread(() -> actors.get(0).tell("from elsewhere"));
    other.start();
    other.join();
    assertThatThrownBy(() -> cluster.elapse(SECOND))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("another thread than the test's");
  }

  @Test
  void processes_start_crash_and_pause_with_their_clocks_and_names() {
    List<String> starts = new ArrayList<>();
    ApplicationCluster cluster =
        ApplicationTestKit.of(system -> starts.add(system.address().toString())).start();
    assertThat(cluster.names()).containsExactly("a", "b", "c");
    cluster.crash("b");
    assertThat(cluster.isRunning("b")).isFalse();
    cluster.elapse(SECOND);
    cluster.start("b");
    cluster.terminate("b");
    assertThat(cluster.isRunning("b")).isFalse();
    assertThat(cluster.now()).isGreaterThanOrEqualTo(SECOND);
    assertThat(starts).hasSize(4);
    String id =
        cluster.on("c", system -> system.settings().config().getString("pekko-raft.node.id"));
    assertThat(id).isEqualTo("c");
  }

  private record Question(ActorRef<String> replyTo) {}

  /** Asks an actor that answers in a second; says when it was answered. */
  private static long answeredAfterNanos() {
    List<ActorRef<Question>> actors = new ArrayList<>();
    ApplicationCluster cluster =
        ApplicationTestKit.of(
                system -> actors.add(system.systemActorOf(slow(), "slow", Props.empty())))
            .processes(1)
            .start();
    CompletionStage<String> answer =
        cluster.on(
            "a",
            system ->
                AskPattern.ask(
                    actors.get(0), Question::new, Duration.ofSeconds(3), system.scheduler()));
    assertThat(cluster.await("an answer", Duration.ofSeconds(4), answer)).isEqualTo("late");
    assertThat(cluster.now()).isGreaterThanOrEqualTo(SECOND);
    return cluster.now().toNanos() + cluster.world().traceHash();
  }

  private static Behavior<Question> slow() {
    return Behaviors.setup(
        context ->
            Behaviors.receiveMessage(
                question -> {
                  context.scheduleOnce(SECOND, question.replyTo(), "late");
                  return Behaviors.same();
                }));
  }

  @Test
  void an_ask_is_awaited_on_virtual_time_and_always_at_the_same_instant() {
    long first = answeredAfterNanos();
    for (int i = 0; i < 2; i++) {
      assertThat(answeredAfterNanos()).isEqualTo(first);
    }
  }

  @Test
  void what_must_always_be_so_stops_time_where_it_is_not() {
    ApplicationCluster cluster = ApplicationTestKit.of(system -> {}).processes(1).start();
    boolean[] wrong = new boolean[1];
    cluster.always("all is well", () -> !wrong[0]);
    cluster.world().schedule(500_000_000, () -> wrong[0] = true);
    assertThatThrownBy(() -> cluster.elapse(SECOND))
        .isInstanceOf(InvariantViolation.class)
        .hasMessageContaining("all is well")
        .hasMessageContaining("at 500.0 ms");
  }

  @Test
  void an_instance_that_acts_after_a_later_one_is_a_violation() {
    Instances instances = Instances.of("one");
    List<ActorRef<String>> actors = new ArrayList<>();
    ApplicationCluster cluster =
        ApplicationTestKit.of(
                system ->
                    actors.add(
                        system.systemActorOf(
                            instances.observed(actors.size() + 1, Behaviors.<String>ignore()),
                            "instance",
                            Props.empty())))
            .processes(2)
            .start();
    cluster.elapse(SECOND);
    assertThat(instances.processes()).containsExactly("a", "b");
    actors.get(1).tell("begin");
    cluster.elapse(SECOND);
    actors.get(0).tell("too late");
    assertThatThrownBy(() -> cluster.elapse(SECOND))
        .isInstanceOf(InvariantViolation.class)
        .hasMessageContaining("one with token 1 acts in a after 2 has");
  }
}
