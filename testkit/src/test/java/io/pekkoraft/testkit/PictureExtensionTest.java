package io.pekkoraft.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.testkit.fullstack.ApplicationCluster;
import io.pekkoraft.testkit.fullstack.ApplicationTestKit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

class PictureExtensionTest {
  /** Not a test of the build: its name ends in neither Test nor IT. */
  @ExtendWith(PictureExtension.class)
  static class Story {
    @Test
    void that_fails() {
      Cluster cluster = Cluster.of(3);
      String leader = cluster.awaitLeader();
      cluster.isolate(leader);
      cluster.awaitLeaderAmong(cluster.others(leader));
      assertThat(cluster.leader()).isEqualTo(leader);
    }

    @Test
    void that_passes() {
      Cluster.of(3).awaitLeader();
    }
  }

  /** Makes its processes before its test. */
  @ExtendWith(PictureExtension.class)
  static class StoryOfProcesses {
    private final ApplicationCluster cluster =
        ApplicationTestKit.of(system -> {}).processes(2).start();

    @Test
    void that_fails() {
      cluster.crash("b");
      assertThat(cluster.isRunning("b")).isTrue();
    }
  }

  private static TestExecutionSummary run(String method) {
    return RunByJUnit.run(Story.class, method, "raft.picture", "failed");
  }

  @Test
  void processes_in_a_field_of_the_class_are_drawn_too() throws IOException {
    Path picture = Pictures.file("StoryOfProcesses-that_fails");
    Files.deleteIfExists(picture);

    RunByJUnit.run(StoryOfProcesses.class, "that_fails", "raft.picture", "failed");

    assertThat(picture).content().contains("AssertionFailedError", "is killed");
  }

  @Test
  void a_scenario_that_fails_leaves_a_picture_with_its_failure() throws IOException {
    Path picture = Pictures.file("Story-that_fails");
    Files.deleteIfExists(picture);

    Throwable failure = run("that_fails").getFailures().get(0).getException();

    assertThat(failure).isInstanceOf(AssertionError.class);
    assertThat(failure.getSuppressed())
        .anySatisfy(
            beside -> assertThat(beside).hasMessageContaining(picture.getFileName().toString()));
    assertThat(picture)
        .content()
        .contains("that_fails", "AssertionFailedError", "follower", "leader");
  }

  @Test
  void a_scenario_that_passes_leaves_none() throws IOException {
    Path picture = Pictures.file("Story-that_passes");
    Files.deleteIfExists(picture);

    assertThat(run("that_passes").getTestsSucceededCount()).isEqualTo(1);

    assertThat(picture).doesNotExist();
  }
}
