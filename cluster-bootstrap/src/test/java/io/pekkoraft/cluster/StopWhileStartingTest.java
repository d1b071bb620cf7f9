package io.pekkoraft.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.persistence.file.DirectoryStorage;
import io.pekkoraft.persistence.file.Storage;
import io.pekkoraft.persistence.file.StorageProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.apache.pekko.Done;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A member is stopped at the moment at which its group was formed. */
class StopWhileStartingTest {
  private static final CountDownLatch OPENED = new CountDownLatch(1);
  private static final CountDownLatch GO_ON = new CountDownLatch(1);

  @TempDir Path temp;

  /** Holds up the start of a member when the directory of its snapshots is open. */
  public static final class SlowProvider implements StorageProvider {
    @Override
    public Storage open(Path directory) throws IOException {
      Storage storage = DirectoryStorage.open(directory);
      OPENED.countDown();
      try {
        GO_ON.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return storage;
    }
  }

  @Test
  void nothing_of_the_member_goes_on_when_it_is_said_to_have_stopped()
      throws IOException, InterruptedException {
    try (Systems systems = new Systems(temp, "a")) {
      RaftMember member =
          PekkoRaft.get(
                  systems.start(
                      "a",
                      "pekko-raft.snapshot-storage-provider = \""
                          + SlowProvider.class.getName()
                          + "\""))
              .start("counter", new Counter());
      OPENED.await();
      CompletableFuture<Done> stopped = new CompletableFuture<>();
      Thread stopping =
          new Thread(
              () ->
                  member
                      .stop(Duration.ofMinutes(1))
                      .whenComplete((done, failure) -> stopped.complete(Done.done())));
      stopping.start();
      Systems.await(
          "it is being stopped",
          () -> stopped.isDone() || stopping.getState() == Thread.State.BLOCKED);
      boolean early = stopped.isDone();
      GO_ON.countDown();
      stopping.join();
      stopped.join();

      assertThat(early).as("it was said to have stopped while it was being started").isFalse();
      Path snapshots = systems.data("a").resolve("group-counter").resolve("snapshots");
      DirectoryStorage.open(snapshots).close(); // nobody has it any more
    } finally {
      GO_ON.countDown();
    }
  }
}
