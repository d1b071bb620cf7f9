package io.pekkoraft.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pekkoraft.api.Outcome;
import io.pekkoraft.api.RaftStatus.Role;
import io.pekkoraft.api.StateMachine;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.role.NodeSettings;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** An application's own state machine on simulated members: I5, I16 and I27 hold for it too. */
class ApplicationStateTest {
  /** So little of the log is kept that snapshots are taken. */
  private static final NodeSettings SETTINGS =
      new NodeSettings(
          Duration.ofMillis(100),
          Duration.ofMillis(1000),
          0.1,
          16,
          4096,
          4,
          1024,
          65_536,
          4096,
          128);

  /** Counts bytes of commands, from wherever it is told to begin. */
  private static class Total implements StateMachine {
    long total;

    @Override
    public byte[] apply(long index, byte[] command) {
      total += command.length;
      return ByteBuffer.allocate(Long.BYTES).putLong(total).array();
    }

    @Override
    public void writeSnapshot(OutputStream out) throws IOException {
      new DataOutputStream(out).writeLong(total);
    }

    @Override
    public void restore(InputStream in) throws IOException {
      total = new DataInputStream(in).readLong();
    }
  }

  private static Simulation run(Supplier<StateMachine> machines, int commands) {
    Simulation simulation = new Simulation(3, SETTINGS, 0, 1, "this test");
    simulation.workload().runApplication(() -> new ApplicationState(machines.get(), null, 1));
    simulation.nodes().forEach(SimulatedNode::start);
    assertThat(
            simulation.await(
                () -> simulation.nodes().stream().anyMatch(SimulatedNode::isLeader),
                Duration.ofSeconds(8)))
        .isTrue();
    simulation.elapse(Duration.ofMillis(200)); // until all know the leader
    for (int i = 0; i < commands; i++) {
      byte[] command = "pay".getBytes(StandardCharsets.UTF_8);
      simulation.propose(
          simulation.nodes().get(i % 3), command, 0, Duration.ofSeconds(3), outcome -> {});
      simulation.elapse(Duration.ofMillis(20));
    }
    simulation.elapse(Duration.ofSeconds(1));
    return simulation;
  }

  @Test
  void all_members_apply_the_commands_as_they_were_proposed() {
    Simulation simulation = run(Total::new, 1000);
    for (SimulatedNode node : simulation.nodes()) {
      ApplicationState state = (ApplicationState) node.running().state();
      assertThat(((Total) state.machine()).total).isEqualTo(3000);
    }
    assertThat(simulation.counters().get(Counters.Kind.SNAPSHOT_TAKEN)).isPositive();
  }

  @Test
  void a_result_that_differs_is_told_with_the_command_and_both_results() {
    int[] instances = new int[1];
    assertThatThrownBy(
            () ->
                run(
                    () -> {
                      boolean odd = ++instances[0] == 2;
                      return new Total() {
                        @Override
                        public byte[] apply(long index, byte[] command) {
                          byte[] result = super.apply(index, command);
                          return odd && total > 6 ? new byte[] {9} : result;
                        }
                      };
                    },
                    5))
        .isInstanceOf(InvariantViolation.class)
        .hasMessageContaining("I5 all state machines agree")
        .hasMessageContaining("the result of ")
        .hasMessageContaining("command \"pay\"")
        .hasMessageContaining("  commands: \"pay\" (3 B)")
        .hasMessageContaining("0000000000000009 (8 B)")
        .hasMessageContaining("09 (1 B)");
  }

  @Test
  void a_state_that_differs_behind_equal_results_is_told() {
    int[] instances = new int[1];
    assertThatThrownBy(
            () ->
                run(
                    () -> {
                      Total own = new Total();
                      own.total = 7L * instances[0]++;
                      return new Total() {
                        @Override
                        public byte[] apply(long index, byte[] command) {
                          return new byte[0];
                        }

                        @Override
                        public void writeSnapshot(OutputStream out) throws IOException {
                          own.writeSnapshot(out);
                        }
                      };
                    },
                    1))
        .isInstanceOf(InvariantViolation.class)
        .hasMessageContaining("I5 all state machines agree")
        .hasMessageContaining("the state of ");
  }

  private static void names(Supplier<StateMachine> machines, int commands, String headline) {
    assertThatThrownBy(() -> run(machines, commands))
        .isInstanceOf(InvariantViolation.class)
        .hasMessageStartingWith(headline)
        .hasMessageContaining(": FAILED term 1")
        .hasMessageContaining("at io.pekkoraft.testkit.ApplicationStateTest")
        .cause()
        .hasMessage("no such account");
  }

  /** Whose snapshots forget how many commands there were. */
  private static class Forgetful extends Total {
    private long count;

    @Override
    public byte[] apply(long index, byte[] command) {
      super.apply(index, command);
      return ("no, ann " + ++count).getBytes(StandardCharsets.UTF_8);
    }
  }

  @Test
  void what_a_snapshot_forgot_is_told_with_the_snapshot_that_the_life_began_with() {
    Simulation simulation = run(Forgetful::new, 500);
    SimulatedNode node = simulation.node(NodeId.of("b")); // the leader: first at each index
    long snapshot = node.disk().snapshotIndex();
    node.crash();
    node.start();
    assertThatThrownBy(() -> simulation.elapse(Duration.ofSeconds(5)))
        .isInstanceOf(InvariantViolation.class)
        .hasMessageContaining(
            "at index %d the result of b, restored from the snapshot of %d, differs from that of b"
                + " before its restart, after command \"pay\" (3 B)",
            snapshot + 1, snapshot)
        .hasMessageContaining("b before: \"no, ann %d\"", snapshot)
        .hasMessageContaining("b now:    \"no, ann 1\" (9 B)")
        .hasMessageContaining("b  * restored the snapshot of %d", snapshot);
  }

  @Test
  void what_a_restore_left_behind_is_told_with_what_had_been_applied_before() {
    Simulation simulation =
        run(
            () ->
                new Total() {
                  @Override
                  public void restore(InputStream in) throws IOException {
                    total += new DataInputStream(in).readLong();
                  }
                },
            10);
    simulation.network().cut(2, 0);
    simulation.network().cut(2, 1);
    for (int i = 0; i < 500; i++) {
      simulation.propose(
          simulation.nodes().get(1), new byte[3], 0, Duration.ofSeconds(3), outcome -> {});
      simulation.elapse(Duration.ofMillis(20));
    }
    simulation.network().healAll();
    assertThatThrownBy(() -> simulation.elapse(Duration.ofSeconds(5)))
        .hasMessageContaining("I27 a snapshot holds the state of its index")
        .message()
        .containsPattern(
            "the state of c, restored from the snapshot of \\d+ over what it had applied up to 11,"
                + " differs from that of b at that index")
        .containsPattern("c  \\* restored the snapshot of \\d+ over what it had applied up to 11");
  }

  /** Who has taken a seat; a command takes one or gives it back. */
  private static final class Seats implements StateMachine {
    private final Set<String> taken = new TreeSet<>();

    @Override
    public byte[] apply(long index, byte[] command) {
      String seat = new String(command, StandardCharsets.UTF_8);
      if (!taken.remove(seat)) {
        taken.add(seat);
      }
      return new byte[0];
    }

    @Override
    public void writeSnapshot(OutputStream out) throws IOException {
      out.write(String.join(" ", taken).getBytes(StandardCharsets.UTF_8));
    }

    /** The mistake: what is there is not cleared. */
    @Override
    public void restore(InputStream in) throws IOException {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      taken.addAll(List.of(text.split(" ", -1)));
    }
  }

  @Test
  void three_seeds_of_faults_find_a_restore_that_does_not_clear() {
    RaftTestKit kit =
        RaftTestKit.of(Seats::new)
            .commands(r -> ("seat-" + r.nextInt(100)).getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(
            () -> {
              for (int seed = 1; seed <= 3; seed++) {
                kit.seed(seed).start().faults(Duration.ofSeconds(30));
              }
            })
        .hasMessageContaining("I27 a snapshot holds the state of its index")
        .hasMessageContaining(" over what it had applied up to ");
  }

  @Test
  void an_exception_of_apply_stops_its_member_and_the_run_and_is_named() {
    names(
        () ->
            new Total() {
              @Override
              public byte[] apply(long index, byte[] command) {
                throw new IllegalArgumentException("no such account");
              }
            },
        1,
        "apply threw at index 2, command \"pay\" (3 B): "
            + "java.lang.IllegalArgumentException: no such account");
  }

  @Test
  void an_exception_of_write_snapshot_is_named_also_where_states_are_compared() {
    names(
        () ->
            new Total() {
              @Override
              public void writeSnapshot(OutputStream out) throws IOException {
                if (total > 3) {
                  throw new IOException("no such account");
                }
                super.writeSnapshot(out);
              }
            },
        2,
        "writeSnapshot threw after index 3, command \"pay\" (3 B): "
            + "java.io.IOException: no such account");
  }

  @Test
  void an_exception_of_restore_is_named_with_the_snapshot() {
    Simulation simulation =
        run(
            () ->
                new Total() {
                  @Override
                  public void restore(InputStream in) {
                    throw new IllegalArgumentException("no such account");
                  }
                },
            500);
    SimulatedNode node = simulation.nodes().get(0);
    node.crash();
    node.start();
    assertThatThrownBy(() -> simulation.elapse(Duration.ofSeconds(1)))
        .isInstanceOf(InvariantViolation.class)
        .message()
        .matches("(?s)restore threw given the snapshot of \\d+: java.*no such account.*");
  }

  @Test
  void a_member_that_may_fail_fails_without_ending_the_run() {
    Cluster cluster =
        RaftTestKit.of(
                () ->
                    new Total() {
                      @Override
                      public byte[] apply(long index, byte[] command) {
                        throw new IllegalArgumentException("no such account");
                      }
                    })
            .start();
    String leader = cluster.awaitLeader();
    cluster.members().forEach(cluster::expectAlarm);
    Operation operation = cluster.propose(leader, new byte[1], Duration.ofSeconds(3));
    cluster.awaitRole(leader, Role.FAILED, 1_000);
    assertThat(operation.outcome()).isInstanceOf(Outcome.Indeterminate.class);
  }

  @Test
  void a_state_machine_that_changes_its_command_is_found() {
    assertThatThrownBy(
            () ->
                run(
                    () ->
                        new Total() {
                          @Override
                          public byte[] apply(long index, byte[] command) {
                            command[0] = 'b';
                            return new byte[0];
                          }
                        },
                    1))
        .hasMessageContaining("apply changed the bytes of its command \"pay\"")
        .hasMessageContaining("\"bay\"");
  }

  @Test
  void the_outcome_of_a_command_is_the_state_machines_result() {
    Simulation simulation = run(Total::new, 0);
    Outcome[] answer = new Outcome[1];
    simulation.propose(
        simulation.nodes().get(0), new byte[5], 0, Duration.ofSeconds(3), o -> answer[0] = o);
    simulation.elapse(Duration.ofSeconds(1));
    assertThat(answer[0]).isInstanceOf(Outcome.Committed.class);
    assertThat(ByteBuffer.wrap(((Outcome.Committed) answer[0]).result()).getLong()).isEqualTo(5);
  }
}
