package io.pekkoraft.bootstrap.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.persistence.file.Storage;
import io.pekkoraft.persistence.file.StorageProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that cannot go on ends, also when its actor system runs already. Two places see to it:
 * {@code RunningNode} ends the actor system, {@code Main} exits with the code. Either alone is
 * enough, so this fails only when both of them let the error pass.
 */
class ErrorAtStartIT {
  private static final int UNEXPECTED = 1;

  /** A class of the configuration that cannot be initialized, which is an {@link Error}. */
  public static final class Broken implements StorageProvider {
    private static final int NUMBER = Integer.parseInt("none");

    @Override
    public Storage open(Path directory) throws IOException {
      throw new IOException("no storage " + NUMBER);
    }
  }

  @Test
  void an_error_while_the_node_starts_ends_the_process_with_a_code_and_is_printed(
      @TempDir Path directory) throws Exception {
    List<Integer> ports = ProcessGroup.freePorts(2);
    Path configuration = directory.resolve("node.conf");
    Files.writeString(
        configuration,
        "pekko-raft.node.members = [ "
            + ProcessGroup.entry("a", ports.get(0), ports.get(1))
            + "]\npekko-raft.node.storage-provider = \""
            + Broken.class.getName()
            + "\"\n");
    ConcurrentLinkedQueue<String> output = new ConcurrentLinkedQueue<>();
    ChildNode node =
        ChildNode.start("a", configuration, directory.resolve("a"), "160m", output::add);
    // A process that does not end is killed, and that is another code.
    assertThat(node.awaitEnd(Duration.ofMinutes(2))).as("%s", output).isEqualTo(UNEXPECTED);
    assertThat(String.join("\n", output))
        .contains("ExceptionInInitializerError", "NumberFormatException");
  }
}
