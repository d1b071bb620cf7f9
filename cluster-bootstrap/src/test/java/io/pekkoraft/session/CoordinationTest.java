package io.pekkoraft.session;

import static io.pekkoraft.session.Processes.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pekkoraft.session.Processes.Place;
import io.pekkoraft.session.Session.Acquired;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Three members with real journals over Artery: who may act under a name, and who is next. */
class CoordinationTest {
  private static final Logger LOG = LoggerFactory.getLogger(CoordinationTest.class);
  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir Path directory;
  private Processes processes;

  @BeforeEach
  void start() {
    processes = new Processes(directory, "pekko-raft.coordination.rebalance-after = 1 s");
  }

  @AfterEach
  void stop() {
    processes.close();
  }

  private List<Host> offerEverywhere(String name) {
    List<Host> hosts = new ArrayList<>();
    for (Place process : processes.all()) {
      hosts.add(new Host(process.session(), name));
    }
    return hosts;
  }

  private static Host awaitHolder(List<Host> hosts) {
    List<Host> holders = new ArrayList<>();
    await(
        "one host holds the name",
        () -> {
          holders.clear();
          hosts.stream().filter(Host::holds).forEach(holders::add);
          return holders.size() == 1;
        });
    return holders.get(0);
  }

  private static <T> T join(CompletionStage<T> stage) {
    return stage.toCompletableFuture().join();
  }

  private void succeedAfterDeathOf(Place victim, List<Host> hosts, Host holder) {
    long token = holder.token;
    List<Host> others = new ArrayList<>(hosts);
    others.remove(holder);
    long death = System.nanoTime();
    processes.kill(victim);
    Host next = awaitHolder(others);
    assertThat(next.token).isGreaterThan(token);
    LOG.warn("assigned anew after {} ms", (next.assignedNanos - death) / 1_000_000);
    assertThat(holder.holds()).isFalse();
  }

  private Place processOf(Host host) {
    return processes.all().stream()
        .filter(process -> process.session() == host.session)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void a_name_is_assigned_to_one_and_to_another_when_that_one_dies() {
    Place leader = processes.leader();
    List<Host> hosts = new ArrayList<>();
    for (Place process : processes.all()) {
      if (!process.equals(leader)) {
        hosts.add(new Host(process.session(), "x"));
      }
    }
    Host holder = awaitHolder(hosts);
    succeedAfterDeathOf(processOf(holder), hosts, holder);
  }

  @Test
  void a_name_of_the_leaders_process_goes_on_when_the_leader_dies() {
    Place leader = processes.leader();
    Host first = new Host(leader.session(), "x");
    await("the leader's process holds it", first::holds);
    List<Host> hosts = new ArrayList<>(List.of(first));
    for (Place process : processes.all()) {
      if (!process.equals(leader)) {
        hosts.add(new Host(process.session(), "x"));
      }
    }
    succeedAfterDeathOf(leader, hosts, first);
  }

  @Test
  void a_holder_keeps_its_name_when_the_leader_dies() {
    Place leader = processes.leader();
    Place other =
        processes.all().stream()
            .filter(process -> !process.equals(leader))
            .findFirst()
            .orElseThrow();
    Host host = new Host(other.session(), "x");
    await("it is held", host::holds);
    long token = host.token;
    processes.kill(leader);
    assertThat(processes.leader()).isNotSameAs(leader);
    await("it is held again", () -> host.told.contains("resumed " + token) || host.holds());
    await("it is held under the new leader", host::holds);
    assertThat(host.token).isEqualTo(token);
    assertThat(host.told).doesNotContain("lost " + token);
  }

  @Test
  void names_are_spread_and_move_to_who_comes_later() {
    Place first = processes.leader();
    List<Host> hosts = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      hosts.add(new Host(first.session(), "n" + i));
    }
    await("all are held by the first", () -> hosts.stream().allMatch(Host::holds));
    Place second =
        processes.all().stream()
            .filter(process -> !process.equals(first))
            .findFirst()
            .orElseThrow();
    List<Host> others = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      others.add(new Host(second.session(), "n" + i));
    }
    await(
        "each has two",
        () ->
            hosts.stream().filter(Host::holds).count() == 2
                && others.stream().filter(Host::holds).count() == 2);
  }

  @Test
  void whoever_leaves_hands_over_and_its_names_are_held_elsewhere() {
    List<Host> hosts = offerEverywhere("x");
    Host holder = awaitHolder(hosts);
    long token = holder.token;
    join(holder.session.leave(LONG));
    assertThat(holder.told).contains("hand over " + token);
    assertThat(holder.holds()).isFalse();
    List<Host> others = new ArrayList<>(hosts);
    others.remove(holder);
    assertThat(awaitHolder(others).token).isGreaterThan(token);
  }

  @Test
  void a_name_that_is_withdrawn_is_handed_over_and_may_be_offered_again() {
    Host host = new Host(processes.leader().session(), "x");
    await("it is held", host::holds);
    long token = host.token;
    assertThatThrownBy(() -> host.session.offer("x", host)).hasMessageContaining("already");
    host.session.withdraw("x");
    await("it is handed over", () -> host.told.contains("hand over " + token));
    host.session.offer("x", host);
    await("it is held again", host::holds);
    assertThat(host.token).isGreaterThan(token);
  }

  @Test
  void a_client_watches_where_a_name_acts_and_hosts_it_too() {
    Place client = processes.startClient("client");
    List<Optional<Session.Location>> seen = new CopyOnWriteArrayList<>();
    Runnable stop = client.session().watch("x", seen::add);
    await("it was told that nobody acts", () -> !seen.isEmpty());
    assertThat(seen.get(0)).isEmpty();
    Host host = new Host(processes.get("b").session(), "x");
    await("it was told where x acts", () -> seen.get(seen.size() - 1).isPresent());
    Session.Location location = seen.get(seen.size() - 1).orElseThrow();
    assertThat(location.token()).isEqualTo(host.token);
    assertThat(location.actorPath()).isEqualTo(host.session.id().name() + "/user/x");
    Host atClient = new Host(client.session(), "x");
    processes.kill(processes.get("b"));
    await("the client hosts it", atClient::holds);
    await(
        "it was told of itself",
        () ->
            seen.get(seen.size() - 1)
                .map(now -> now.actorPath().startsWith(client.session().id().name()))
                .orElse(false));
    stop.run();
  }

  // --- leases

  /** Of a test that waits for its end; no other one must see that. */
  private static final Duration SHORT = Duration.ofSeconds(3);

  private static Acquired acquire(Session session, String owner, List<String> lost) {
    return acquire(session, owner, LONG, lost);
  }

  private static Acquired acquire(
      Session session, String owner, Duration timeToLive, List<String> lost) {
    return join(session.acquire("lease/l", owner, timeToLive, LONG, lost::add));
  }

  @Test
  void a_lease_belongs_to_one_owner_until_it_gives_it_back() {
    Session a = processes.get("a").session();
    Session b = processes.get("b").session();
    List<String> lost = new CopyOnWriteArrayList<>();
    Acquired granted = acquire(a, "one", lost);
    assertThat(granted).isInstanceOf(Acquired.Granted.class);
    long token = ((Acquired.Granted) granted).token();
    assertThat(a.holds("lease/l", token)).isTrue();
    assertThat(acquire(a, "one", lost)).isEqualTo(granted);
    assertThat(acquire(a, "two", lost)).isEqualTo(new Acquired.HeldBy("one"));
    assertThat(acquire(b, "two", lost)).isEqualTo(new Acquired.HeldBy("one"));
    assertThat(join(b.release("lease/l", "two", LONG))).isTrue();
    assertThat(a.holds("lease/l", token)).isTrue();
    assertThat(join(a.release("lease/l", "one", LONG))).isTrue();
    assertThat(a.holds("lease/l", token)).isFalse();
    Acquired next = acquire(b, "two", lost);
    assertThat(((Acquired.Granted) next).token()).isGreaterThan(token);
    assertThat(lost).isEmpty();
  }

  @Test
  void a_lease_survives_the_leader_and_not_the_silence_of_its_holder() {
    Place leader = processes.leader();
    List<Place> others =
        processes.all().stream().filter(process -> !process.equals(leader)).toList();
    Session holder = others.get(0).session();
    List<String> lost = new CopyOnWriteArrayList<>();
    Acquired granted = acquire(holder, "one", lost);
    long token = ((Acquired.Granted) granted).token();
    processes.kill(leader);
    assertThat(processes.leader()).isNotSameAs(leader);
    assertThat(acquire(others.get(1).session(), "two", lost)).isEqualTo(new Acquired.HeldBy("one"));
    assertThat(holder.holds("lease/l", token)).isTrue();
    assertThat(lost).isEmpty();
  }

  @Test
  void an_owner_that_starts_again_waits_for_its_older_session() {
    Place first = processes.startClient("first");
    List<String> lost = new CopyOnWriteArrayList<>();
    Acquired granted = acquire(first.session(), "one", SHORT, lost);
    processes.kill(first);
    await(
        "the older session is silent and the lease is had again",
        () ->
            acquire(processes.get("a").session(), "one", SHORT, lost) instanceof Acquired.Granted);
    Acquired again = acquire(processes.get("a").session(), "one", SHORT, lost);
    assertThat(((Acquired.Granted) again).token())
        .isGreaterThan(((Acquired.Granted) granted).token());
  }

  @Test
  void without_a_majority_everything_ends_by_its_deadline() {
    Session a = processes.get("a").session();
    List<String> lost = new CopyOnWriteArrayList<>();
    Acquired granted = acquire(a, "one", SHORT, lost);
    long token = ((Acquired.Granted) granted).token();
    Host host = new Host(a, "x");
    await("x is held", host::holds);
    processes.kill(processes.get("b"));
    processes.kill(processes.get("c"));
    await("the lease is over", () -> !a.holds("lease/l", token));
    await("it was told so", () -> lost.size() == 1);
    await("x is paused", () -> host.told.stream().anyMatch(told -> told.startsWith("lapsed")));
    await("it is said why", () -> a.reason().contains("no leader"));
    Duration shortly = Duration.ofMillis(300);
    assertThat(join(a.acquire("lease/m", "one", LONG, shortly, lost::add)))
        .isInstanceOf(Acquired.Unknown.class);
    assertThat(join(a.release("lease/l", "one", shortly))).isFalse();
    join(a.leave(shortly));
  }

  @Test
  void a_name_that_cannot_be_is_refused_with_the_reason() {
    Session a = processes.get("a").session();
    assertThatThrownBy(() -> new Host(a, "a b")).hasMessageContaining("'!' to '~'");
    Acquired unknown = join(a.acquire("a b", "one", LONG, LONG, reason -> {}));
    assertThat(((Acquired.Unknown) unknown).reason()).contains("'!' to '~'");
  }
}
