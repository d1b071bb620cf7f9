package io.pekkoraft.testkit.junit;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.api.StateMachine;
import io.pekkoraft.testkit.Cluster;
import io.pekkoraft.testkit.RunByJUnit;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.platform.launcher.listeners.TestExecutionSummary;
import org.junit.platform.launcher.listeners.TestExecutionSummary.Failure;

/** With which seeds JUnit runs a test, seen from outside. */
class SeedsTest {

  /** Not a test of the build: its name ends in neither Test nor IT. */
  static class Story {
    static final class Nothing implements StateMachine {
      @Override
      public byte[] apply(long index, byte[] command) {
        return command.clone();
      }

      @Override
      public void writeSnapshot(OutputStream out) {}

      @Override
      public void restore(InputStream in) {}
    }

    @RaftTest(stateMachine = Nothing.class, seeds = 10)
    void that_always_fails(Cluster cluster) {
      throw new AssertionError("at seed after seed, with members " + cluster.members());
    }
  }

  private static TestExecutionSummary run(String property, String value) {
    return RunByJUnit.run(Story.class, "that_always_fails", property, value, Cluster.class);
  }

  private static List<String> messages(TestExecutionSummary summary) {
    List<String> messages = new ArrayList<>();
    for (Failure failure : summary.getFailures()) {
      messages.add(String.valueOf(failure.getException().getMessage()));
    }
    return messages;
  }

  @Test
  void after_three_seeds_that_fail_the_others_are_skipped() {
    TestExecutionSummary summary = run("raft.seeds", "10");
    assertThat(summary.getTestsFailedCount()).isEqualTo(3);
    assertThat(summary.getTestsSkippedCount()).isEqualTo(7);
  }

  @Test
  void one_seed_alone_is_run_as_the_command_line_says() {
    TestExecutionSummary summary = run("raft.seed", "17");
    assertThat(summary.getTestsFailedCount()).isEqualTo(1);
    assertThat(summary.getTestsSkippedCount()).isZero();
  }

  @Test
  void a_seed_that_is_no_number_is_refused() {
    TestExecutionSummary summary = run("raft.seed", "abc");
    assertThat(summary.getTestsStartedCount()).isZero();
    assertThat(messages(summary)).singleElement().asString().contains("-Draft.seed=abc");
  }
}
