package io.pekkoraft.lease;

import static io.pekkoraft.lease.ScriptedSession.next;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.pekkoraft.lease.ScriptedSession.Acquiring;
import io.pekkoraft.session.Session.Acquired;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.coordination.lease.LeaseException;
import org.apache.pekko.coordination.lease.LeaseSettings;
import org.apache.pekko.coordination.lease.LeaseTimeoutException;
import org.apache.pekko.coordination.lease.javadsl.LeaseProvider;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the lease makes of a session's answers, whatever their order. */
class RaftLeaseTest {
  private static final String KEYS =
      "heartbeat-timeout = 10s, heartbeat-interval = 1s, lease-operation-timeout = 60s";

  private static ActorSystem system;

  private final ScriptedSession session = new ScriptedSession();
  private final RaftLease lease = lease(KEYS);
  private final BlockingQueue<Throwable> told = new LinkedBlockingQueue<>();

  @BeforeAll
  static void start() {
    system = ActorSystem.create("leases", ConfigFactory.load());
  }

  @AfterAll
  static void stop() {
    TestKit.shutdownActorSystem(system);
  }

  @Test
  void a_grant_is_held_as_long_as_the_session_says_so() throws Exception {
    CompletableFuture<Boolean> acquired = acquire();
    assertThat(lease.checkLease()).isFalse();
    Acquiring asked = session.grant(7);
    assertThat(asked.name()).isEqualTo("lease/a%20name");
    assertThat(asked.owner()).isEqualTo("owner");
    assertThat(asked.timeToLive()).isEqualTo(Duration.ofSeconds(10));
    assertThat(asked.timeout()).isLessThanOrEqualTo(Duration.ofMinutes(1));
    assertThat(result(acquired)).isTrue();
    assertThat(lease.checkLease()).isTrue();
    session.valid.clear();
    assertThat(lease.checkLease()).isFalse();
  }

  @Test
  void the_owner_that_holds_it_is_answered_without_asking_anybody() throws Exception {
    CompletableFuture<Boolean> acquired = acquire();
    session.grant(7);
    assertThat(result(acquired)).isTrue();
    assertThat(result(acquire())).isTrue();
    assertThat(result(lease.acquire())).isTrue();
    assertThat(session.acquiring).isEmpty();
  }

  @Test
  void somebody_elses_lease_is_a_certain_no() throws Exception {
    CompletableFuture<Boolean> acquired = acquire();
    next(session.acquiring).answer().complete(new Acquired.HeldBy("another"));
    assertThat(result(acquired)).isFalse();
    assertThat(lease.checkLease()).isFalse();
  }

  @Test
  void an_earlier_life_of_the_owner_is_waited_for() throws Exception {
    CompletableFuture<Boolean> acquired = acquire();
    next(session.acquiring).answer().complete(new Acquired.HeldBy("owner"));
    next(session.acquiring).answer().complete(new Acquired.HeldBy("owner"));
    session.grant(8);
    assertThat(result(acquired)).isTrue();
  }

  @Test
  void an_earlier_life_is_waited_for_no_longer_than_an_operation_may_take() throws Exception {
    RaftLease hasty =
        lease("heartbeat-timeout = 10s, heartbeat-interval = 1s, lease-operation-timeout = 1s");
    CompletableFuture<Boolean> acquired = hasty.acquire().toCompletableFuture();
    while (!acquired.isDone()) {
      Acquiring asked = session.acquiring.poll(10, TimeUnit.MILLISECONDS);
      if (asked != null) {
        asked.answer().complete(new Acquired.HeldBy("owner"));
      }
    }
    assertThat(result(acquired)).isFalse();
  }

  @Test
  void unknown_is_a_failure_and_given_back_until_that_is_certain() throws Exception {
    CompletableFuture<Boolean> acquired = acquire();
    next(session.acquiring).answer().complete(new Acquired.Unknown("no leader is heard"));
    assertThatThrownBy(() -> result(acquired))
        .hasCauseInstanceOf(LeaseTimeoutException.class)
        .hasMessageContaining("no leader is heard")
        .hasMessageContaining("a name");
    next(session.releasing).answer().complete(false);
    next(session.releasing).answer().complete(false);
    next(session.releasing).answer().complete(true);
    assertThat(session.acquiring).isEmpty();
  }

  @Test
  void what_is_wanted_again_is_not_given_back() throws Exception {
    CompletableFuture<Boolean> first = acquire();
    CompletableFuture<Boolean> second = acquire();
    next(session.acquiring).answer().complete(new Acquired.Unknown("no leader is heard"));
    assertThatThrownBy(() -> result(first)).hasCauseInstanceOf(LeaseException.class);
    session.grant(9);
    assertThat(result(second)).isTrue();
    assertThat(result(acquire())).isTrue(); // after anything that was to be done before
    assertThat(session.releasing).isEmpty();
  }

  @Test
  void a_session_that_fails_is_unknown_too() throws Exception {
    CompletableFuture<Boolean> acquired = acquire();
    next(session.acquiring).answer().completeExceptionally(new IllegalStateException("ended"));
    assertThatThrownBy(() -> result(acquired)).hasCauseInstanceOf(LeaseException.class);
  }

  @Test
  void a_loss_is_told_once_with_its_cause() throws Exception {
    CompletableFuture<Boolean> acquired = acquire();
    Acquiring asked = session.grant(7);
    assertThat(result(acquired)).isTrue();
    asked.lost().accept("taken away");
    asked.lost().accept("taken away");
    assertThat(told.poll(30, TimeUnit.SECONDS))
        .isInstanceOf(LeaseException.class)
        .hasMessageContaining("taken away");
    assertThat(lease.checkLease()).isFalse();
    CompletableFuture<Boolean> again = acquire();
    session.grant(8);
    assertThat(result(again)).isTrue();
    asked.lost().accept("the old one, late");
    assertThat(lease.checkLease()).isTrue();
    assertThat(told).isEmpty();
  }

  @Test
  void a_loss_that_is_known_before_the_grant_is_told_after_it() throws Exception {
    CompletableFuture<Boolean> acquired = acquire();
    Acquiring asked = next(session.acquiring);
    asked.lost().accept("at once");
    assertThat(acquired).isNotDone();
    assertThat(told).isEmpty();
    session.valid.add(7L);
    asked.answer().complete(new Acquired.Granted(7));
    assertThat(result(acquired)).isTrue();
    assertThat(told.poll(30, TimeUnit.SECONDS)).hasMessageContaining("at once");
    assertThat(lease.checkLease()).isFalse();
  }

  @Test
  void a_lapse_is_a_loss_though_nobody_says_so_and_is_given_back() throws Exception {
    CompletableFuture<Boolean> acquired = acquire();
    session.grant(7);
    assertThat(result(acquired)).isTrue();
    session.valid.clear();
    assertThat(told.poll(30, TimeUnit.SECONDS)).hasMessageContaining("no leader is heard");
    session.valid.add(7L);
    assertThat(lease.checkLease()).isFalse();
    next(session.releasing).answer().complete(true);
    assertThat(told).isEmpty();
  }

  @Test
  void what_is_given_back_is_not_lost() throws Exception {
    CompletableFuture<Boolean> acquired = acquire();
    Acquiring asked = session.grant(7);
    assertThat(result(acquired)).isTrue();
    CompletableFuture<Boolean> released = lease.release().toCompletableFuture();
    assertThat(lease.checkLease()).isFalse();
    asked.lost().accept("released");
    next(session.releasing).answer().complete(true);
    assertThat(result(released)).isTrue();
    assertThat(told).isEmpty();
  }

  @Test
  void a_release_while_it_is_being_acquired_comes_after_it() throws Exception {
    CompletableFuture<Boolean> acquired = acquire();
    CompletableFuture<Boolean> released = lease.release().toCompletableFuture();
    Acquiring asked = session.grant(7);
    assertThat(result(acquired)).isTrue();
    assertThat(lease.checkLease()).isFalse();
    next(session.releasing).answer().complete(true);
    assertThat(result(released)).isTrue();
    asked.lost().accept("released");
    assertThat(told).isEmpty();
  }

  @Test
  void a_release_that_is_not_certain_fails_and_goes_on() throws Exception {
    CompletableFuture<Boolean> released = lease.release().toCompletableFuture();
    next(session.releasing).answer().complete(false);
    assertThatThrownBy(() -> result(released)).hasCauseInstanceOf(LeaseTimeoutException.class);
    next(session.releasing).answer().complete(true);
  }

  @Test
  void a_listener_that_throws_harms_nobody() throws Exception {
    CompletableFuture<Boolean> acquired =
        lease
            .acquire(
                cause -> {
                  told.add(cause.orElseThrow());
                  throw new IllegalStateException("thrown by a test on purpose");
                })
            .toCompletableFuture();
    Acquiring asked = session.grant(7);
    assertThat(result(acquired)).isTrue();
    asked.lost().accept("taken away");
    assertThat(told.poll(30, TimeUnit.SECONDS)).isNotNull();
    CompletableFuture<Boolean> again = acquire();
    session.grant(8);
    assertThat(result(again)).isTrue();
  }

  @Test
  void a_session_that_cannot_be_started_fails_what_needs_it() {
    RaftLease without =
        new RaftLease(
            lease.getSettings(),
            (ExtendedActorSystem) system,
            CompletableFuture.failedStage(new IllegalStateException("no disk")));
    assertThatThrownBy(() -> result(without.acquire()))
        .hasCauseInstanceOf(LeaseException.class)
        .hasMessageContaining("no disk");
    assertThatThrownBy(() -> result(without.release())).hasCauseInstanceOf(LeaseException.class);
    assertThat(without.checkLease()).isFalse();
  }

  @Test
  void a_configuration_without_a_group_is_refused_when_the_lease_is_created() {
    assertThatThrownBy(
            () -> LeaseProvider.get(system).getLease("a name", "pekko-raft.lease", "owner"))
        .hasMessageContaining("pekko-raft.node.members");
  }

  @Test
  void a_time_to_live_that_no_election_fits_into_is_refused() {
    assertThatThrownBy(() -> lease("heartbeat-timeout = 1s, heartbeat-interval = 100ms"))
        .hasMessageContaining("heartbeat-timeout")
        .hasMessageContaining("1500 ms")
        .hasMessageContaining("pekko-raft.election-timeout");
    assertThatThrownBy(() -> lease("heartbeat-timeout = 25h"))
        .hasMessageContaining("heartbeat-timeout")
        .hasMessageContaining("a day");
    assertThatThrownBy(() -> lease("lease-operation-timeout = 0s"))
        .hasMessageContaining("lease-operation-timeout");
  }

  private RaftLease lease(String keys) {
    Config defaults = system.settings().config().getConfig("pekko.coordination.lease");
    Config config = ConfigFactory.parseString(keys).withFallback(defaults);
    return new RaftLease(
        LeaseSettings.apply(config, "a name", "owner"),
        (ExtendedActorSystem) system,
        CompletableFuture.completedStage(session));
  }

  private CompletableFuture<Boolean> acquire() {
    return lease
        .acquire((Optional<Throwable> cause) -> told.add(cause.orElseThrow()))
        .toCompletableFuture();
  }

  private static boolean result(CompletionStage<Boolean> stage) throws Exception {
    return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
