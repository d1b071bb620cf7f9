package io.pekkoraft.testkit.fullstack;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.api.Outcome;
import io.pekkoraft.api.RaftStatus;
import io.pekkoraft.message.PeerMessage.AppendEntries;
import io.pekkoraft.message.PeerMessage.AppendReply;
import io.pekkoraft.message.PeerMessage.OtherLife;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Members that stop, start again in the same actor system, and state machines that throw. */
@ExtendWith(QuietLog.class)
class FullStackRestartTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(3);

  private static void stop(FullStackCluster cluster, String name) {
    boolean[] stopped = new boolean[1];
    cluster.stop(name, TIMEOUT, () -> stopped[0] = true);
    cluster.await("the end of " + name, TIMEOUT, () -> stopped[0]);
    assertThat(cluster.isRunning(name)).isFalse();
    assertThat(cluster.machine(name).isRunning()).isTrue();
  }

  @Test
  void what_was_meant_for_an_old_life_is_ignored_and_its_sender_probes_anew() {
    FullStackCluster cluster = FullStackCluster.of(3, 21, RegisterMachine::new);
    cluster.commit(new byte[] {7}, TIMEOUT);
    String leader = cluster.awaitLeader();
    String follower = cluster.others(leader).get(0);
    Network network = cluster.world().network();
    network.hold(flight -> flight.to().name().equals(follower));
    cluster.commit(new byte[] {8}, TIMEOUT);
    List<Flight> old = network.held();
    assertThat(old).anyMatch(flight -> flight.is(AppendEntries.class));

    stop(cluster, follower);
    cluster.start(follower);
    cluster.elapse(Duration.ofMillis(10));
    List<Flight> answers = new ArrayList<>();
    network.onSend(
        flight -> {
          if (flight.from().name().equals(follower)) {
            answers.add(flight);
          }
        });
    old.forEach(network::release);
    cluster.elapse(Duration.ofMillis(5));
    assertThat(answers).hasSize(old.size()).allMatch(answer -> answer.is(OtherLife.class));
    assertThat(((RegisterMachine) cluster.stateMachine(follower)).value()).isEmpty();

    network.holdNothing();
    network.dropHeld();
    cluster.elapse(Duration.ofSeconds(2));
    assertThat(answers).anyMatch(answer -> answer.is(AppendReply.class));
    assertThat(((RegisterMachine) cluster.stateMachine(follower)).value()).containsExactly(8);
    assertThat(cluster.leader()).isEqualTo(leader);
  }

  @Test
  void a_member_starts_again_and_again_in_one_actor_system() {
    FullStackCluster cluster = FullStackCluster.of(3, 22, RegisterMachine::new);
    for (byte i = 1; i < 10; i++) {
      String leader = cluster.awaitLeader();
      cluster.commit(new byte[] {i}, TIMEOUT);
      stop(cluster, leader);
      cluster.awaitLeaderAmong(cluster.others(leader));
      cluster.start(leader);
    }
    assertThat(cluster.commit(new byte[] {10}, TIMEOUT).result()).containsExactly(9);
  }

  @Test
  void what_arrives_where_no_member_is_becomes_a_dead_letter_and_nothing_else() {
    FullStackCluster cluster = FullStackCluster.of(3, 23, RegisterMachine::new);
    String leader = cluster.awaitLeader();
    String follower = cluster.others(leader).get(0);
    stop(cluster, follower);
    long[] deadLetters = new long[1];
    cluster.deadLetters(follower, letter -> deadLetters[0]++);
    cluster.commit(new byte[] {7}, TIMEOUT);
    cluster.elapse(Duration.ofSeconds(1));
    assertThat(deadLetters[0]).isGreaterThan(5);
    assertThat(cluster.leader()).isEqualTo(leader);
    cluster.start(follower);
    cluster.elapse(Duration.ofSeconds(3));
    assertThat(((RegisterMachine) cluster.stateMachine(follower)).value()).containsExactly(7);
  }

  @Test
  void a_command_that_is_too_large_is_refused_and_troubles_nobody() {
    FullStackCluster cluster = FullStackCluster.of(3, 24, RegisterMachine::new);
    String leader = cluster.awaitLeader();
    for (String name : cluster.names()) {
      CompletableFuture<Outcome> answer =
          cluster.group(name).propose(new byte[300 * 1024], TIMEOUT).toCompletableFuture();
      cluster.await("an answer", TIMEOUT, answer::isDone);
      assertThat(answer.join()).isInstanceOf(Outcome.TooLarge.class);
    }
    cluster.commit(new byte[] {7}, TIMEOUT);
    assertThat(cluster.leader()).isEqualTo(leader);
  }

  /** Throws at one command, on every member. */
  private static final class Throwing extends RegisterMachine {
    private final boolean mended;

    Throwing(boolean mended) {
      this.mended = mended;
    }

    @Override
    public byte[] apply(long index, byte[] command) {
      if (command[0] == 13 && !mended) {
        throw new IllegalStateException("injected: thirteen");
      }
      return super.apply(index, command);
    }
  }

  @Test
  void a_state_machine_that_throws_halts_every_member_at_the_same_entry_until_it_is_mended() {
    boolean[] mended = new boolean[1];
    FullStackCluster cluster = FullStackCluster.of(3, 25, () -> new Throwing(mended[0]));
    long last = cluster.commit(new byte[] {7}, TIMEOUT).index();
    CompletableFuture<Outcome> answer =
        cluster
            .group(cluster.awaitLeader())
            .propose(new byte[] {13}, TIMEOUT)
            .toCompletableFuture();
    cluster.elapse(Duration.ofSeconds(5));
    assertThat(answer.join()).isInstanceOf(Outcome.Indeterminate.class);
    allFailedAt(cluster, last + 1);

    cluster.names().forEach(name -> cluster.machine(name).kill());
    cluster.names().forEach(cluster::start);
    cluster.elapse(Duration.ofSeconds(10));
    allFailedAt(cluster, last + 1);

    mended[0] = true;
    cluster.names().forEach(name -> cluster.machine(name).kill());
    cluster.names().forEach(cluster::start);
    assertThat(cluster.commit(new byte[] {9}, TIMEOUT).result()).containsExactly(13);
  }

  private static void allFailedAt(FullStackCluster cluster, long index) {
    for (String name : cluster.names()) {
      CompletableFuture<RaftStatus> answer = cluster.group(name).status().toCompletableFuture();
      cluster.await("a status", TIMEOUT, answer::isDone);
      RaftStatus status = answer.join();
      if (status.commitIndex() >= index) {
        assertThat(status.role()).as(name).isEqualTo(RaftStatus.Role.FAILED);
        assertThat(status.reason()).contains("the state machine failed at entry " + index);
      }
    }
  }
}
