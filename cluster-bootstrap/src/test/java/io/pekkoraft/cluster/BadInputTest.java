package io.pekkoraft.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pekkoraft.api.Outcome;
import io.pekkoraft.api.StateMachine;
import io.pekkoraft.session.Session;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.pekko.actor.BootstrapSetup;
import org.apache.pekko.actor.setup.ActorSystemSetup;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is configured wrongly is said at the start, by the name of its key. */
class BadInputTest {
  @TempDir Path temp;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          pekko-raft.node.data-dir = ""                        | pekko-raft.node.data-dir is not set
          pekko-raft.node.id = "a b"                           | pekko-raft.node.id is 'a b'
          pekko-raft.node.id = b                               | pekko-raft.node.id is 'b', which pekko-raft.node.members lists at
          pekko-raft.node.members = []                         | pekko-raft.node.members: the list of members is empty
          pekko-raft.node.members = [{ id = a }]               | pekko-raft.node.members: 'a' has no host
          pekko-raft.node.members = [{ id = a, host = h }]     | pekko-raft.node.members: 'a' has no port
          pekko-raft.node.members = [{ host = h, port = 1 }]   | has no id
          pekko-raft.node.members = [{ id = a, hots = h }]     | pekko-raft.node.members: unknown key 'hots'
          pekko-raft.node.datadir = x                          | unknown key pekko-raft.node.datadir
          pekko-raft.adresses.from = cluster                   | unknown key pekko-raft.adresses
          pekko-raft.addresses.from = dns                      | pekko-raft.addresses.from is 'dns'
          pekko-raft.addresses.from = cluster                  | pekko-raft.addresses.from = cluster needs pekko.actor.provider = cluster
          pekko-raft.addresses.from = discovery                | pekko-raft.addresses.discovery.service-name is not set
          pekko-raft.addresses { from = discovery, discovery.service-name = s } | Pekko Discovery (pekko-raft.addresses.discovery
          pekko-raft.coordination.start = soon                 | pekko-raft.coordination.start is 'soon'
          pekko-raft.node.id = ""                              | pekko-raft.node.id is not set; it must be one of pekko-raft.node.members = [a, b]
          pekko-raft.node.id = z                               | pekko-raft.node.id is 'z', which is not one of pekko-raft.node.members = [a, b]
          pekko-raft.node { id = "", data-dir = "" }           | pekko-raft.node.id is not 'a', but pekko-raft.node.members lists that one
          pekko.actor.provider = local                         | pekko.actor.provider is 'local'
          pekko-raft.journal-plugin = nothing                  | pekko-raft.journal-plugin is 'nothing': the configuration has no such section
          pekko-raft.snapshot-plugin = pekko                   | pekko-raft.snapshot-plugin is 'pekko': the configuration has no such section
          pekko-raft.election-timeout = 50 ms                  | pekko-raft.election-timeout is 50 ms; it must be at least three times heartbeat-interval, which is 50 ms
          pekko-raft.max-command-bytes = 1 GiB                 | pekko-raft.max-uncommitted-bytes is
          pekko-raft.max-command-bytes = 250 KiB               | pekko-raft.max-command-bytes allows messages of 264192 bytes
          pekko-raft.max-append-entries = 50000                | pekko-raft.max-append-bytes allows messages of
          pekko-raft.election-timeout = soon                   | pekko-raft.election-timeout
          pekko-raft.node.members = [a]                        | an entry is such as { id = a, host = 10.0.0.1, port = 2551 }
          """)
  void a_mistake_is_named_at_the_start(String mistake, String message) throws IOException {
    try (Systems systems = new Systems(temp, "a", "b")) {
      ActorSystem<Void> system = systems.start("a", mistake);
      assertThatThrownBy(() -> PekkoRaft.get(system))
          .isInstanceOf(OperatorException.class)
          .hasMessageContaining(message);
    }
  }

  @Test
  void a_client_hosts_no_group_and_needs_no_data_directory() throws IOException {
    try (Systems systems = new Systems(temp, "a", "b")) {
      ActorSystem<Void> system =
          systems.start("x", "pekko-raft.node.id = \"\"\npekko-raft.node.data-dir = \"\"");
      PekkoRaft raft = PekkoRaft.get(system);
      assertThatThrownBy(() -> raft.start("counter", new Counter()))
          .isInstanceOf(OperatorException.class)
          .hasMessageContaining("pekko-raft.node.id is not set")
          .hasMessageContaining("pekko-raft.node.members: [a, b]");
    }
  }

  @Test
  void what_a_session_cannot_be_started_with_is_named_each_time() throws IOException {
    try (Systems systems = new Systems(temp, "a", "b")) {
      PekkoRaft raft =
          PekkoRaft.get(systems.start("a", "pekko-raft.coordination.rebalance-after = never"));
      for (int call = 0; call < 2; call++) {
        assertThatThrownBy(raft::session)
            .isInstanceOf(OperatorException.class)
            .hasMessageContaining("rebalance-after");
      }
    }
  }

  @Test
  void a_group_is_started_once_under_a_valid_name() throws IOException {
    try (Systems systems = new Systems(temp, "a", "b")) {
      PekkoRaft raft = PekkoRaft.get(systems.start("a", ""));
      RaftMember counter = raft.start("counter", new Counter());
      assertThat(raft.group("counter")).containsSame(counter);
      assertThatThrownBy(() -> raft.start("counter", new Counter()))
          .hasMessageContaining("'counter' has been started in this actor system already");
      assertThatThrownBy(() -> raft.start("a/b", new Counter())).hasMessageContaining("'a/b'");
      assertThatThrownBy(() -> raft.start("coordination", new Counter()))
          .hasMessageContaining("pekko-raft.coordination.group");
    }
  }

  @Test
  void remoting_that_can_make_a_member_deaf_is_refused() throws IOException {
    try (Systems systems = new Systems(temp, "a")) {
      ActorSystem<?> a =
          systems.start("a", "pekko.remote.artery.advanced.compression.actor-refs.max = 256");
      assertThatThrownBy(() -> PekkoRaft.get(a).start("counter", new Counter()))
          .isInstanceOf(OperatorException.class)
          .hasMessageContaining("pekko-raft-application.conf")
          .hasMessageContaining("pekko.remote.artery.advanced.compression.actor-refs.max = off");
    }
  }

  @Test
  void a_wrong_list_on_one_node_keeps_the_group_from_forming_and_is_named() throws IOException {
    try (Systems systems = new Systems(temp, "a", "b", "c")) {
      RaftMember a = member(systems.start("a", ""), failure -> {});
      member(systems.start("b", ""), failure -> {});
      String shorter =
          "pekko-raft.node.members = [{ id = c, host = \"127.0.0.1\", port = %d }, { id = a, host = \"127.0.0.1\", port = %d }]"
              .formatted(systems.port("c"), systems.port("a"));
      member(systems.start("c", shorter), failure -> {});
      Systems.await(
          "a says what is wrong", () -> a.whyNotStarted().contains("pekko-raft.node.members"));
      assertThat(a.whyNotStarted()).contains("'c' is configured with another list of members");
      assertThat(a.propose(new byte[0], Duration.ofSeconds(1)).toCompletableFuture().join())
          .isInstanceOf(Outcome.NoLeader.class);
    }
  }

  @Test
  void two_processes_of_one_id_are_refused_while_the_group_forms() throws IOException {
    try (Systems systems = new Systems(temp, "a", "b", "c")) {
      String more =
          systems.clusterSeeds()
              + "pekko-raft.addresses.from = cluster\npekko-raft.addresses.ask-interval = 200 ms\n"
              + "pekko-raft.node.members = "
              + systems.named();
      CompletableFuture<OperatorException> first = new CompletableFuture<>();
      CompletableFuture<OperatorException> second = new CompletableFuture<>();
      member(systems.start("a", more), failure -> {});
      member(systems.start("b", more), first::complete);
      ActorSystem<Void> twin = systems.start("c", more + "\npekko-raft.node.id = b");
      member(twin, second::complete);
      for (CompletableFuture<OperatorException> failed : List.of(first, second)) {
        assertThat(failed.orTimeout(60, TimeUnit.SECONDS).join())
            .hasMessageContaining("pekko-raft.node.id is 'b', and so it is in the process at");
      }
      assertThatThrownBy(() -> PekkoRaft.get(twin).start("other", new Counter()))
          .hasMessageContaining("pekko-raft.node.id is 'b'");
    }
  }

  @Test
  void a_second_process_of_a_formed_members_id_is_refused_and_the_member_goes_on()
      throws IOException {
    try (Systems systems = new Systems(temp, "a", "b", "c")) {
      String more =
          systems.clusterSeeds()
              + "pekko-raft.addresses.from = cluster\npekko-raft.addresses.ask-interval = 200 ms\n"
              + "pekko-raft.node.members = [{ id = a }, { id = b }]";
      member(systems.start("a", more), failure -> {});
      RaftMember b = member(systems.start("b", more), failure -> {});
      assertThat(Systems.count(b, "one")).isEqualTo(1);
      CompletableFuture<OperatorException> failed = new CompletableFuture<>();
      member(systems.start("c", more + "\npekko-raft.node.id = b"), failed::complete);
      assertThat(failed.orTimeout(60, TimeUnit.SECONDS).join()).hasMessageContaining("'b'");
      assertThat(Systems.count(b, "two")).isEqualTo(2);
    }
  }

  @Test
  void what_makes_the_state_machine_throw_is_told_to_whoever_asked_and_to_the_application()
      throws IOException {
    try (Systems systems = new Systems(temp, "a")) {
      CompletableFuture<OperatorException> told = new CompletableFuture<>();
      RaftMember a =
          PekkoRaft.get(systems.start("a", "")).start("picky", new Picky(), told::complete);
      assertThat(Systems.count(a, "fine")).isZero();
      assertThat(propose(a, new byte[0]))
          .isInstanceOf(Outcome.Indeterminate.class)
          .asString()
          .contains("the state machine failed at this entry", "nothing to count");
      OperatorException failure = told.orTimeout(60, TimeUnit.SECONDS).join();
      assertThat(failure).hasMessageContaining("nothing to count");
      assertThat(failure.exitCode()).isEqualTo(OperatorException.FAILED);
      assertThat(propose(a, "fine".getBytes(StandardCharsets.UTF_8)))
          .isInstanceOf(Outcome.MemberFailed.class)
          .asString()
          .contains("nothing to count");
    }
  }

  @Test
  @SuppressWarnings("NullAway") // what a caller does wrong
  void null_is_refused_where_it_is_given_and_the_member_goes_on() throws IOException {
    try (Systems systems = new Systems(temp, "a")) {
      PekkoRaft raft = PekkoRaft.get(systems.start("a", ""));
      assertThatThrownBy(() -> raft.start("counter", null)).hasMessage("stateMachine");
      RaftMember counter = raft.start("counter", new Counter());
      assertThat(Systems.count(counter, "one")).isEqualTo(1);
      assertThatThrownBy(() -> propose(counter, null)).hasMessage("command");
      assertThat(Systems.count(counter, "two")).isEqualTo(2);
    }
  }

  private static Outcome propose(RaftMember member, byte[] command) {
    return member.propose(command, Duration.ofMinutes(1)).toCompletableFuture().join();
  }

  /** Throws where it has nothing to count. */
  private static final class Picky implements StateMachine {
    @Override
    public byte[] apply(long index, byte[] command) {
      if (command.length == 0) {
        throw new IllegalStateException("nothing to count");
      }
      return new byte[Long.BYTES];
    }

    @Override
    public void writeSnapshot(OutputStream out) {}

    @Override
    public void restore(InputStream in) {}
  }

  private static RaftMember member(
      ActorSystem<Void> system, Consumer<OperatorException> onFailure) {
    return PekkoRaft.get(system).start("counter", new Counter(), onFailure);
  }

  // --- loaded in Pekko's ways

  @Test
  void it_is_loaded_by_name_and_replaced_by_a_setup() throws IOException {
    try (Systems systems = new Systems(temp, "a")) {
      systems.start("a", "pekko.actor.typed.extensions = [\"io.pekkoraft.cluster.PekkoRaft$Id\"]");
      assertThat(systems.data("a").resolve("IDENTITY")).exists();
    }
    PekkoRaft standIn = new StandIn();
    ActorSystem<Void> system =
        ActorSystem.create(
            Behaviors.empty(),
            "stand-in",
            ActorSystemSetup.create(BootstrapSetup.create(), new PekkoRaftSetup(any -> standIn)));
    try {
      assertThat(PekkoRaft.get(system)).isSameAs(standIn);
    } finally {
      system.terminate();
      system.getWhenTerminated().toCompletableFuture().join();
    }
  }

  private static final class StandIn extends PekkoRaft {
    @Override
    public RaftMember start(
        String group, StateMachine stateMachine, Consumer<OperatorException> onFailure) {
      throw new IllegalStateException();
    }

    @Override
    public Optional<RaftMember> group(String name) {
      return Optional.empty();
    }

    @Override
    public Session session() {
      throw new IllegalStateException();
    }
  }
}
