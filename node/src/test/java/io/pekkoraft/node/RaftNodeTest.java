package io.pekkoraft.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.pekkoraft.api.Leadership;
import io.pekkoraft.api.Outcome;
import io.pekkoraft.api.RaftGroup;
import io.pekkoraft.api.RaftStatus;
import io.pekkoraft.api.StateMachine;
import io.pekkoraft.api.TransferOutcome;
import io.pekkoraft.log.Configuration;
import io.pekkoraft.log.GroupIdentity;
import io.pekkoraft.log.Member;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.persistence.file.DirectoryStorage;
import io.pekkoraft.persistence.file.Storage;
import io.pekkoraft.persistence.file.StorageProvider;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.pekko.Done;
import org.apache.pekko.actor.InvalidActorNameException;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A group of one member in a real actor system, on the write-ahead journal. */
class RaftNodeTest {
  private static final Duration TIMEOUT = Duration.ofMinutes(1);

  @TempDir Path temp;
  private @Nullable ActorSystem<Void> started;

  private ActorSystem<Void> start() {
    return start(Map.of());
  }

  private ActorSystem<Void> start(Map<String, ?> overrides) {
    Config config =
        ConfigFactory.parseMap(overrides)
            .withFallback(
                ConfigFactory.parseString(
                    """
                    pekko.loglevel = ERROR
                    pekko.stdout-loglevel = ERROR
                    pekko-raft.heartbeat-interval = 10 ms
                    pekko-raft.election-timeout = 50 ms
                    pekko-raft.max-command-bytes = 100
                    pekko-raft.retained-log-bytes = 10 KiB
                    pekko-raft.persistence.journal.segment-size = 1 MiB
                    """))
            .withFallback(
                ConfigFactory.parseMap(
                    Map.of(
                        "pekko-raft.persistence.journal.directory", temp.resolve("wal").toString(),
                        "pekko-raft.persistence.snapshot-store.directory",
                            temp.resolve("descriptors").toString())))
            .withFallback(ConfigFactory.load());
    ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "test", config);
    started = system;
    return system;
  }

  @AfterEach
  void stop() {
    ActorSystem<Void> system = started;
    if (system != null) {
      system.terminate();
      system.getWhenTerminated().toCompletableFuture().join();
    }
  }

  private RaftGroup node(StateMachine stateMachine) {
    return node(start(), stateMachine, "snapshots");
  }

  private RaftGroup node(ActorSystem<Void> system, StateMachine stateMachine, String snapshots) {
    NodeId self = NodeId.of("a");
    Configuration members = new Configuration(List.of(new Member(self, 7, "pekko://test")));
    return RaftNode.start(
        system,
        new RaftNodeSettings(
            new GroupIdentity("cluster", "group", 1),
            self,
            7,
            members,
            true,
            stateMachine,
            temp.resolve(snapshots),
            SettingsReader.protocol(system.settings().config().getConfig("pekko-raft")),
            "pekko-raft.persistence.journal",
            "pekko-raft.persistence.snapshot-store",
            100));
  }

  private static RaftGroup led(RaftGroup group) {
    RaftStatus unused = await(group, RaftStatus.Role.LEADER);
    return group;
  }

  private static RaftStatus await(RaftGroup group, RaftStatus.Role role) {
    while (true) {
      RaftStatus status = group.status().toCompletableFuture().join();
      boolean busy = status.reason().contains("does not answer");
      if (!busy && status.role() == role) {
        return status;
      }
      assertThat(busy || status.role() != RaftStatus.Role.FAILED).as(status.reason()).isTrue();
      LockSupport.parkNanos(1_000_000); // the condition is what is awaited, not the time
    }
  }

  private static Outcome propose(RaftGroup group, byte[] command) {
    return group.propose(command, TIMEOUT).toCompletableFuture().join();
  }

  /** Adds up. */
  private static final class Sum implements StateMachine {
    private long sum;

    @Override
    public byte[] apply(long index, byte[] command) {
      sum += command.length;
      return ByteBuffer.allocate(8).putLong(sum).array();
    }

    @Override
    public void writeSnapshot(OutputStream out) throws IOException {
      new DataOutputStream(out).writeLong(sum);
    }

    @Override
    public void restore(InputStream in) throws IOException {
      sum = new DataInputStream(in).readLong();
    }
  }

  private abstract static class Broken implements StateMachine {
    @Override
    public void writeSnapshot(OutputStream out) {}

    @Override
    public void restore(InputStream in) {}
  }

  private static RaftStatus awaitFailed(RaftGroup group) {
    return await(group, RaftStatus.Role.FAILED);
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    boolean interrupted = false;
    while (latch.getCount() > 0) {
      try {
        latch.await();
      } catch (InterruptedException again) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void commands_are_applied_in_order_and_answered_with_their_own_result() {
    RaftGroup group = led(node(new Sum()));
    for (long i = 1; i <= 10; i++) {
      Outcome outcome = propose(group, new byte[3]);
      assertThat(outcome).isInstanceOf(Outcome.Committed.class);
      assertThat(ByteBuffer.wrap(((Outcome.Committed) outcome).result()).getLong())
          .isEqualTo(3 * i);
    }
  }

  @Test
  void before_there_is_a_leader_a_request_is_refused_with_the_reason() {
    ActorSystem<Void> system = start(Map.of("pekko-raft.election-timeout", "1 h"));
    RaftGroup group = node(system, new Sum(), "snapshots");
    Outcome outcome = propose(group, new byte[3]);
    assertThat(outcome).isInstanceOf(Outcome.NoLeader.class);
    assertThat(((Outcome.NoLeader) outcome).reason()).isNotEmpty();
  }

  @Test
  void a_command_that_is_too_large_is_refused_with_the_limit() {
    assertThat(propose(led(node(new Sum())), new byte[101])).isEqualTo(new Outcome.TooLarge(100));
  }

  @Test
  void a_full_log_becomes_a_snapshot_and_is_cut() {
    RaftGroup group = led(node(new Sum()));
    RaftStatus status;
    do {
      propose(group, new byte[100]);
      status = group.status().toCompletableFuture().join();
    } while (status.firstIndex() == 1);
    assertThat(status.snapshotIndex()).isPositive();
    assertThat(status.firstIndex()).isLessThanOrEqualTo(status.snapshotIndex() + 1);
    assertThat(propose(group, new byte[1])).isInstanceOf(Outcome.Committed.class);
  }

  /** A snapshot of an entry more or fewer than it says would have one applied twice, or never. */
  @Test
  void what_a_snapshot_holds_is_applied_once_after_a_restart_too() {
    RaftGroup group = led(node(new Sum()));
    RaftStatus status;
    int commands = 0;
    do {
      propose(group, new byte[100]);
      commands++;
      status = group.status().toCompletableFuture().join();
    } while (status.firstIndex() == 1);
    long expected = 100L * commands + 1;
    stop();
    RaftGroup again = led(node(new Sum()));
    assertThat(propose(again, new byte[1]))
        .isInstanceOfSatisfying(
            Outcome.Committed.class,
            committed ->
                assertThat(ByteBuffer.wrap(committed.result()).getLong()).isEqualTo(expected));
  }

  @Test
  void a_state_machine_that_throws_fails_its_member_and_nobody_waits() {
    RaftGroup group =
        led(
            node(
                new StateMachine() {
                  @Override
                  public byte[] apply(long index, byte[] command) {
                    throw new IllegalStateException("broken");
                  }

                  @Override
                  public void writeSnapshot(OutputStream out) {}

                  @Override
                  public void restore(InputStream in) {}
                }));
    assertThat(propose(group, new byte[1])).isInstanceOf(Outcome.Indeterminate.class);
    RaftStatus status = awaitFailed(group);
    assertThat(status.reason()).contains("state machine");
    assertThat(propose(group, new byte[1])).isInstanceOf(Outcome.MemberFailed.class);
  }

  @Test
  void an_error_of_the_state_machine_fails_its_member_too() {
    RaftGroup group =
        led(
            node(
                new Broken() {
                  @Override
                  public byte[] apply(long index, byte[] command) {
                    throw new AssertionError("broken");
                  }
                }));
    assertThat(propose(group, new byte[1])).isInstanceOf(Outcome.Indeterminate.class);
    assertThat(awaitFailed(group).reason()).contains("state machine");
  }

  @Test
  void a_stack_overflow_in_the_state_machine_fails_its_member_and_not_the_process() {
    RaftGroup group =
        led(
            node(
                new Broken() {
                  @Override
                  public byte[] apply(long index, byte[] command) {
                    throw new StackOverflowError("broken");
                  }
                }));
    assertThat(propose(group, new byte[1])).isInstanceOf(Outcome.Indeterminate.class);
    assertThat(awaitFailed(group).reason()).contains("state machine");
  }

  @Test
  void requests_end_in_time_though_state_machine_and_application_block() {
    CountDownLatch go = new CountDownLatch(1);
    try {
      RaftGroup group =
          led(
              node(
                  new Broken() {
                    @Override
                    public byte[] apply(long index, byte[] command) {
                      awaitUninterruptibly(go);
                      return command;
                    }
                  }));
      ActorSystem<Void> system = Objects.requireNonNull(started);
      for (int thread = 0; thread < 1024; thread++) { // more than the application's threads
        system.executionContext().execute(() -> awaitUninterruptibly(go));
      }
      Outcome outcome =
          group
              .propose(new byte[1], Duration.ofMillis(100))
              .toCompletableFuture()
              .completeOnTimeout(new Outcome.Rejected("too late"), 60, TimeUnit.SECONDS)
              .join();
      // It may have been taken by then.
      assertThat(outcome).isInstanceOfAny(Outcome.Indeterminate.class, Outcome.TimedOut.class);
      assertThat(group.status().toCompletableFuture().join().role())
          .isEqualTo(RaftStatus.Role.LEADER);
    } finally {
      go.countDown();
    }
  }

  @Test
  void a_member_that_is_stopped_answers_what_waits_and_publishes_nothing_any_more() {
    RaftGroup group = led(node(new Sum()));
    while (group.leadership() == null) {
      LockSupport.parkNanos(1_000_000); // the condition is what is awaited, not the time
    }
    Leadership leadership = Objects.requireNonNull(group.leadership());
    CompletableFuture<Outcome> waiting = group.propose(new byte[1], TIMEOUT).toCompletableFuture();
    CompletionStage<Done> stopped = group.stop(TIMEOUT);
    assertThat(group.stop(TIMEOUT)).isSameAs(stopped);
    stopped.toCompletableFuture().join();
    assertThat(waiting).isCompletedWithValueMatching(Outcome.Committed.class::isInstance);
    assertThat(group.leadership()).isNull();
    assertThat(leadership.isOver()).isTrue();
    assertThat(propose(group, new byte[1])).isInstanceOf(Outcome.NoLeader.class);
    assertThat(group.transferLeadership(null, Duration.ofMillis(50)).toCompletableFuture().join())
        .isInstanceOf(TransferOutcome.Aborted.class);
  }

  @Test
  void a_member_that_has_stopped_can_be_started_again_at_once_in_the_same_system() {
    ActorSystem<Void> system = start();
    for (int round = 0; round < 4; round++) {
      RaftGroup group = node(system, new Sum(), "snapshots");
      RaftGroup again =
          group
              .stop(TIMEOUT)
              .thenApply(stopped -> node(system, new Sum(), "snapshots"))
              .toCompletableFuture()
              .join();
      again.stop(TIMEOUT).toCompletableFuture().join();
    }
    assertThat(propose(led(node(system, new Sum(), "snapshots")), new byte[1]))
        .isInstanceOf(Outcome.Committed.class);
  }

  @Test
  void a_start_whose_name_is_taken_leaves_nothing_behind_and_the_running_member_as_it_was() {
    ActorSystem<Void> system = start();
    RaftGroup running = led(node(system, new Sum(), "snapshots"));
    for (int attempt = 0; attempt < 2; attempt++) { // the second one finds the directory free
      assertThatThrownBy(() -> node(system, new Sum(), "other"))
          .isInstanceOf(InvalidActorNameException.class);
    }
    assertThat(propose(running, new byte[1])).isInstanceOf(Outcome.Committed.class);
    running.stop(TIMEOUT).toCompletableFuture().join();
    assertThat(propose(led(node(system, new Sum(), "other")), new byte[1]))
        .isInstanceOf(Outcome.Committed.class);
  }

  /** A directory that can be locked, and not read. */
  public static final class Unreadable implements StorageProvider {
    @Override
    public Storage open(Path directory) throws IOException {
      Storage real = DirectoryStorage.open(directory);
      return (Storage)
          Proxy.newProxyInstance(
              Storage.class.getClassLoader(),
              new Class<?>[] {Storage.class},
              (proxy, method, arguments) -> {
                if (method.getName().equals("list")) {
                  throw new IOException("cannot be read");
                }
                return method.invoke(real, arguments);
              });
    }
  }

  @Test
  void a_start_that_cannot_read_its_directory_does_not_keep_it() throws IOException {
    ActorSystem<Void> system =
        start(Map.of("pekko-raft.snapshot-storage-provider", Unreadable.class.getName()));
    assertThatThrownBy(() -> node(system, new Sum(), "snapshots"))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessage("cannot be read");
    DirectoryStorage.open(temp.resolve("snapshots")).close();
  }

  @Test
  void a_start_in_a_system_that_has_ended_leaves_the_directory_to_the_next_one() {
    ActorSystem<Void> ended = start();
    stop();
    assertThatThrownBy(() -> node(ended, new Sum(), "snapshots"))
        .isInstanceOf(IllegalStateException.class);
    assertThat(propose(led(node(new Sum())), new byte[1])).isInstanceOf(Outcome.Committed.class);
  }

  @Test
  void an_only_voter_has_nobody_to_hand_over_to_and_its_leadership_holds() {
    RaftGroup group = led(node(new Sum()));
    assertThat(group.transferLeadership(null, TIMEOUT).toCompletableFuture().join())
        .isInstanceOf(TransferOutcome.Refused.class);
    propose(group, new byte[1]);
    long end = System.nanoTime() + 200_000_000; // four times the election timeout
    while (System.nanoTime() < end) {
      LockSupport.parkNanos(1_000_000);
    }
    while (!holds(group)) { // at once, unless this machine is busy
      LockSupport.parkNanos(1_000_000);
    }
  }

  private static boolean holds(RaftGroup group) {
    Leadership leadership = group.leadership();
    return leadership != null && leadership.holds(System.nanoTime());
  }

  @Test
  void a_stopped_system_leaves_nobody_waiting() {
    RaftGroup group = led(node(new Sum()));
    stop();
    assertThat(propose(group, new byte[1])).isInstanceOf(Outcome.NoLeader.class);
    assertThat(group.status().toCompletableFuture().join().role())
        .isEqualTo(RaftStatus.Role.FAILED);
  }
}
