package io.pekkoraft.testkit.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pekkoraft.api.StateMachine;
import io.pekkoraft.testkit.Cluster;
import io.pekkoraft.testkit.RaftTestKit;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Method;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/** What JUnit makes of the annotations: how often tests run, and what their failures say. */
class RaftExtensionTest {
  private static final Set<Long> TERMS_BEGAN_AT = new HashSet<>();

  @RegisterExtension
  final RaftExtension raft = RaftExtension.of(RaftTestKit.of(Nothing::new).members(5).seed(7));

  /** A state machine without a state. */
  private static final class Nothing implements StateMachine {
    @Override
    public byte[] apply(long index, byte[] command) {
      return command.clone();
    }

    @Override
    public void writeSnapshot(OutputStream out) {}

    @Override
    public void restore(InputStream in) {}
  }

  /** Not run by JUnit, which does not look into classes that are abstract. */
  private abstract static class Silent {
    @RaftTest
    @SuppressWarnings({"unused", "UnusedMethod"}) // looked up by name
    void says_nothing(Cluster cluster) {}
  }

  /** Takes the failure of a test that has to fail, as JUnit would report it. */
  static final class HasToFail implements TestExecutionExceptionHandler {
    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure) {
      assertThat(failure).hasMessage("as it has to");
      assertThat(failure.getSuppressed()[0])
          .hasMessageContaining("seed 42")
          .hasMessageContaining(
              "mvn test"
                  + " -Dtest='RaftExtensionTest#a_failure_names_its_seed_and_how_to_see_it_again'"
                  + " -Draft.seed=42");
    }
  }

  @Test
  void a_plain_test_is_given_a_cluster_of_the_registered_kit(Cluster cluster) {
    assertThat(cluster.members()).containsExactly("a", "b", "c", "d", "e");
  }

  @RaftTest(stateMachine = Nothing.class, seeds = 3, firstSeed = 10)
  void each_seed_gives_another_run(Cluster cluster) {
    cluster.awaitLeader();
    assertThat(cluster.members()).hasSize(3);
    assertThat(TERMS_BEGAN_AT.add(cluster.now().toNanos())).isTrue();
  }

  @AfterAll
  static void all_seeds_ran() {
    if (System.getProperty("raft.seed") == null && System.getProperty("raft.seeds") == null) {
      assertThat(TERMS_BEGAN_AT).hasSize(3);
    }
  }

  @RaftTest(stateMachine = Nothing.class, firstSeed = 42)
  @ExtendWith(HasToFail.class)
  void a_failure_names_its_seed_and_how_to_see_it_again(Cluster cluster) {
    cluster.awaitLeader();
    throw new AssertionError("as it has to");
  }

  @Test
  void a_test_that_says_nothing_of_its_state_machine_is_told_what_to_say() throws Exception {
    Method silent = Silent.class.getDeclaredMethod("says_nothing", Cluster.class);
    assertThatThrownBy(() -> DeclaredKit.ofRaftTest(silent, Silent.class))
        .isInstanceOf(ExtensionConfigurationException.class)
        .hasMessageContaining("names its stateMachine")
        .hasMessageContaining("Silent has 0");
  }
}
