package io.pekkoraft.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pekkoraft.singleton.FencingToken;
import io.pekkoraft.singleton.RaftSingleton;
import io.pekkoraft.singleton.RaftSingletonActor;
import io.pekkoraft.testkit.InvariantViolation;
import io.pekkoraft.testkit.Pictures;
import io.pekkoraft.testkit.fullstack.ApplicationCluster;
import io.pekkoraft.testkit.fullstack.ApplicationTestKit;
import io.pekkoraft.testkit.fullstack.Instances;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The picture of an application with a mistake, which docs/pictures.md shows. */
@ExtendWith(QuietLog.class)
class SingletonPictureTest {
  private static final String PICTURE = "a-job-left-behind";
  private static final Duration EVERY = Duration.ofMillis(400);

  private enum Command {
    STOP
  }

  /**
   * Writes stock lists. The mistake: a job of the system's scheduler, which goes on behind the gate
   * of its singleton, writes without the token, so that nobody can refuse it.
   */
  private static final class Stock {
    final Instances instances = Instances.of("stock");
    private long lastWriter;
    private boolean overwritten;

    void main(ActorSystem<?> system) {
      RaftSingleton.get(system)
          .init(
              RaftSingletonActor.of(token -> clerk(system, token), "stock")
                  .withStopMessage(Command.STOP));
    }

    private Behavior<Command> clerk(ActorSystem<?> system, FencingToken token) {
      return instances.observed(
          token.value(),
          Behaviors.setup(
              context -> {
                system
                    .scheduler()
                    .scheduleAtFixedRate(
                        EVERY, EVERY, () -> write(token.value()), system.executionContext());
                return Behaviors.receiveMessage(stop -> Behaviors.stopped());
              }));
    }

    private void write(long writer) {
      overwritten |= writer < lastWriter;
      lastWriter = writer;
    }

    ApplicationCluster run() {
      ApplicationCluster cluster =
          ApplicationTestKit.of(this::main)
              .config("include classpath(\"pekko-raft-application.conf\")")
              .replayedBy("mvn -pl cluster-bootstrap -am test -Dtest=SingletonPictureTest")
              .start();
      cluster.always("what a later instance wrote stays", () -> !overwritten);
      cluster.await("an instance", Duration.ofSeconds(10), () -> instances.alive() == 1);
      cluster.isolate(instances.processes().get(0));
      cluster.elapse(Duration.ofSeconds(10));
      return cluster;
    }
  }

  @Test
  void an_instance_that_is_behind_is_seen_to_write_after_the_next_one() throws IOException {
    Files.deleteIfExists(Pictures.file(PICTURE));
    assertThatThrownBy(() -> Pictures.of(PICTURE, () -> new Stock().run()))
        .isInstanceOf(InvariantViolation.class)
        .hasMessageContaining("picture: ");
    assertThat(Files.readString(Pictures.file(PICTURE)))
        .contains("\"invariant\":\"what a later instance wrote stays\"")
        .as("role, an instance that acts, one that is behind, by the places of their fields")
        .containsPattern("\\d,1,\"LEADER\"")
        .containsPattern("\\d,12,\"stock \\d+\"")
        .containsPattern("\\d,13,\"stock \\d+\"")
        .contains("stock begins, token");
  }
}
