package io.pekkoraft.testkit.real;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.pekkoraft.api.Outcome;
import io.pekkoraft.api.RaftGroup;
import io.pekkoraft.api.StateMachine;
import io.pekkoraft.log.NodeId;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three real members: Artery TCP, the write-ahead journal, real flushes. */
class RealClusterTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final Duration LONG = Duration.ofMinutes(1);

  @TempDir Path temp;
  private @Nullable RealCluster cluster;

  private RealCluster start(String overrides) {
    RealCluster started =
        new RealCluster(
            3,
            temp,
            ConfigFactory.parseString(
                "pekko.loglevel = ERROR\npekko.stdout-loglevel = ERROR\n"
                    + "pekko.remote.warn-about-direct-use = off\n"
                    + "pekko-raft.persistence.journal.segment-size = 1 MiB\n"
                    + overrides),
            Numbers::new);
    cluster = started;
    return started;
  }

  @AfterEach
  void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  /** Remembers the numbers that it was given. */
  private static final class Numbers implements StateMachine {
    final Set<Long> seen = new ConcurrentSkipListSet<>();

    @Override
    public byte[] apply(long index, byte[] command) {
      seen.add(ByteBuffer.wrap(command).getLong());
      return command;
    }

    @Override
    public void writeSnapshot(OutputStream out) throws IOException {
      DataOutputStream data = new DataOutputStream(out);
      data.writeInt(seen.size());
      for (long number : seen) {
        data.writeLong(number);
      }
    }

    @Override
    public void restore(InputStream in) throws IOException {
      seen.clear();
      DataInputStream data = new DataInputStream(in);
      for (int left = data.readInt(); left > 0; left--) {
        seen.add(data.readLong());
      }
    }
  }

  private static void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      LockSupport.parkNanos(1_000_000); // the condition is what is awaited, not the time
    }
  }

  private static NodeId awaitLeader(RealCluster cluster) {
    await(() -> cluster.leader() != null);
    NodeId leader = cluster.leader();
    return leader == null ? awaitLeader(cluster) : leader;
  }

  private static byte[] command(long number, int size) {
    return ByteBuffer.allocate(Math.max(8, size)).putLong(number).array();
  }

  /**
   * Proposes numbers through one member, again until acknowledged: the same number twice changes
   * nothing.
   */
  private static List<Long> propose(
      RealCluster cluster, NodeId through, long from, long to, int size) {
    List<Long> acknowledged = new ArrayList<>();
    for (long number = from; number < to; number++) {
      Outcome outcome;
      do {
        outcome =
            cluster
                .member(through)
                .propose(command(number, size), TIMEOUT)
                .toCompletableFuture()
                .join();
      } while (!(outcome instanceof Outcome.Committed));
      assertThat(((Outcome.Committed) outcome).result()).isEqualTo(command(number, size));
      acknowledged.add(number);
    }
    return acknowledged;
  }

  private static void awaitOnAll(RealCluster cluster, List<Long> numbers) {
    for (NodeId id : cluster.ids()) {
      await(() -> ((Numbers) cluster.stateMachine(id)).seen.containsAll(numbers));
    }
  }

  @Test
  void what_any_member_is_given_is_applied_by_all() {
    RealCluster three = start("");
    awaitLeader(three);
    List<Long> all = new ArrayList<>();
    for (NodeId id : three.ids()) {
      all.addAll(propose(three, id, all.size(), all.size() + 20, 8));
    }
    awaitOnAll(three, all);
  }

  @Test
  void when_the_leader_is_gone_another_takes_over_and_the_old_one_catches_up() {
    RealCluster three = start("");
    NodeId first = awaitLeader(three);
    List<Long> all = new ArrayList<>(propose(three, first, 0, 50, 8));
    three.stop(first);
    NodeId second = awaitLeader(three);
    assertThat(second).isNotEqualTo(first);
    all.addAll(propose(three, second, 50, 100, 8));
    three.start(first);
    awaitOnAll(three, all);
  }

  @Test
  void a_leader_that_is_stopped_in_order_hands_over_and_fails_no_request() {
    RealCluster three = start("pekko-raft.election-timeout = 1500 ms\n"); // No busy machine elects.
    NodeId first = awaitLeader(three);
    propose(three, first, 0, 10, 8);
    RaftGroup leaving = three.member(first);
    List<CompletionStage<Outcome>> outcomes = new ArrayList<>();
    for (long number = 10; number < 100; number++) {
      outcomes.add(leaving.propose(command(number, 8), LONG));
    }
    leaving.stop(LONG).toCompletableFuture().join();
    for (CompletionStage<Outcome> outcome : outcomes) {
      assertThat(outcome.toCompletableFuture().join()).isInstanceOf(Outcome.Committed.class);
    }
    assertThat(leaving.leadership()).isNull();
    assertThat(awaitLeader(three)).isNotEqualTo(first);
  }

  @Test
  void when_all_stop_everything_acknowledged_is_there_afterwards() {
    RealCluster three = start("");
    List<Long> all = propose(three, awaitLeader(three), 0, 100, 8);
    three.ids().forEach(three::stop);
    three.ids().forEach(three::start);
    awaitLeader(three);
    awaitOnAll(three, all);
  }

  @Test
  void a_member_that_missed_what_is_no_longer_in_the_log_gets_a_snapshot_in_parts() {
    RealCluster three =
        start("pekko-raft.retained-log-bytes = 64 KiB\npekko-raft.snapshot-part-bytes = 1 KiB\n");
    NodeId leader = awaitLeader(three);
    List<Long> all = new ArrayList<>(propose(three, leader, 0, 10, 8));
    NodeId late = three.ids().stream().filter(id -> !id.equals(leader)).findFirst().orElseThrow();
    long lastOfLate = three.status(late).lastIndex();
    three.stop(late);
    long number = 10;
    while (three.status(leader).firstIndex() <= lastOfLate + 1) {
      all.addAll(propose(three, leader, number, number + 20, 1000));
      number += 20;
    }
    three.start(late);
    awaitOnAll(three, all);
    await(() -> three.status(late).snapshotIndex() > lastOfLate);
    three.ids().forEach(three::stop);
    three.ids().forEach(three::start);
    awaitOnAll(three, all);
  }
}
