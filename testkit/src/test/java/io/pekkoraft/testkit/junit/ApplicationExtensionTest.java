package io.pekkoraft.testkit.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pekkoraft.testkit.InvariantViolation;
import io.pekkoraft.testkit.Pictures;
import io.pekkoraft.testkit.RunByJUnit;
import io.pekkoraft.testkit.fullstack.ApplicationCluster;
import io.pekkoraft.testkit.fullstack.ApplicationTestKit;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** What JUnit makes of tests on an application's processes, seen from outside. */
class ApplicationExtensionTest {
  private static final List<ApplicationCluster> GIVEN = new ArrayList<>();

  @RegisterExtension
  final ApplicationExtension five =
      ApplicationExtension.of(ApplicationTestKit.of(system -> {}).processes(5));

  /** Not a test of the build: its name ends in neither Test nor IT. */
  static class Story {
    private final List<String> starts = new ArrayList<>();
    final ApplicationTestKit kit =
        ApplicationTestKit.of(system -> starts.add(system.name())).processes(2);

    @ApplicationTest(seeds = 3)
    void that_passes(ApplicationCluster cluster) {
      GIVEN.add(cluster);
      cluster.elapse(Duration.ofSeconds(1));
      assertThat(starts).hasSize(2);
      assertThat(cluster.isRunning("a")).isTrue();
    }

    @ApplicationTest(seeds = 3)
    void that_fails(ApplicationCluster cluster) {
      cluster.crash("b");
      throw new AssertionError("as it has to");
    }

    @ApplicationTest
    void that_leaves_something_wrong(ApplicationCluster cluster) {
      boolean[] wrong = new boolean[1];
      cluster.always("all is well", () -> !wrong[0]);
      wrong[0] = true;
    }
  }

  /** Not run by JUnit, which does not look into classes that are abstract. */
  private abstract static class Silent {
    @ApplicationTest
    @SuppressWarnings({"unused", "UnusedMethod"}) // looked up by name
    void says_nothing(ApplicationCluster cluster) {}
  }

  private static TestExecutionSummary run(String method, String property, String value) {
    return RunByJUnit.run(Story.class, method, property, value, ApplicationCluster.class);
  }

  @BeforeEach
  void nothing_is_given_yet() {
    GIVEN.clear();
  }

  @Test
  void a_plain_test_is_given_the_processes_of_the_registered_kit(ApplicationCluster cluster) {
    assertThat(cluster.names()).containsExactly("a", "b", "c", "d", "e");
  }

  @Test
  void each_seed_has_an_instance_of_the_class_and_processes_of_its_own_which_end_with_it() {
    assertThat(run("that_passes", "raft.seeds", "3").getTestsSucceededCount()).isEqualTo(3);
    assertThat(GIVEN).hasSize(3).doesNotHaveDuplicates();
    assertThat(GIVEN).noneMatch(cluster -> cluster.isRunning("a"));
  }

  @Test
  void a_failure_names_its_seed_how_to_see_it_again_and_its_picture() throws IOException {
    TestExecutionSummary summary = run("that_fails", "raft.seed", "17");
    assertThat(summary.getTestsFailedCount()).isEqualTo(1);
    Throwable failure = summary.getFailures().get(0).getException();
    assertThat(failure).hasMessage("as it has to");
    assertThat(failure.getSuppressed()[0])
        .hasMessageContaining("seed 17")
        .hasMessageContaining("mvn test -Dtest='Story#that_fails' -Draft.seed=17")
        .hasMessageContaining("picture: ");
    assertThat(Files.readString(Pictures.file("Story-that_fails-17")))
        .contains("as it has to", "is killed", "-Draft.seed=17");
  }

  @Test
  void what_is_wrong_when_a_test_has_passed_fails_it() {
    Throwable failure =
        run("that_leaves_something_wrong", "raft.seeds", "1").getFailures().get(0).getException();
    assertThat(failure).isInstanceOf(InvariantViolation.class).hasMessageContaining("all is well");
    assertThat(failure.getSuppressed()[0]).hasMessageContaining("picture: ");
  }

  @Test
  void a_class_that_says_nothing_of_its_application_is_told_what_to_say() throws Exception {
    Method silent = Silent.class.getDeclaredMethod("says_nothing", ApplicationCluster.class);
    assertThatThrownBy(() -> DeclaredKit.ofApplicationTest(silent, Silent.class))
        .isInstanceOf(ExtensionConfigurationException.class)
        .hasMessageContaining("one field of type ApplicationTestKit")
        .hasMessageContaining("Silent has 0");
  }
}
