package io.pekkoraft.persistence.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.persistence.file.CrashImages;
import io.pekkoraft.persistence.file.TracedStorage;
import io.pekkoraft.persistence.file.TracedStorage.Faults;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The crash points of random workloads: every image that a power loss may leave is opened. */
final class CrashPoints {
  private static final int STEPS = 90;

  /** One image in so many is also shut down again while it is being opened. */
  private static final int NESTED_EVERY = 100;

  private int shown;
  private int recycled;
  private int nested;

  /** In how many images a segment is recycled. */
  int recycled() {
    return recycled;
  }

  /** How many images of a second power loss, while opening, were looked at. */
  int nested() {
    return nested;
  }

  /**
   * Runs a workload and opens all that a power loss at any of its calls may leave.
   *
   * @throws AssertionError if what was confirmed is missing somewhere, or something was invented
   */
  CrashImages imagesOf(long seed, Faults faults) throws IOException {
    TracedStorage storage = TracedStorage.empty().with(faults);
    WalHistory history = WalWorkload.run(storage, seed, STEPS);
    CrashImages images =
        CrashImages.of(storage).randomSubsets(4).seed(seed).sameFacts(history::confirmedAt);
    images.forEach(image -> verify(image, history, seed));
    return images;
  }

  private void verify(CrashImages.Image image, WalHistory history, long seed) {
    try {
      recycled += hasRecycled(image.files()) ? 1 : 0;
      TracedStorage first = TracedStorage.of(image.files());
      verifyOpened(first, history, image.crashPoint());
      if (++shown % NESTED_EVERY == 0) {
        CrashImages whileOpening = CrashImages.of(first).randomSubsets(2);
        whileOpening.forEach(
            again -> {
              nested++;
              verifyNested(again.files(), history, image.crashPoint());
            });
      }
    } catch (IOException | RuntimeException | AssertionError failure) {
      throw new AssertionError(
          "workload %s, crash point %s, %s, files %s"
              .formatted(seed, image.crashPoint(), image.kind(), image.files().keySet()),
          failure);
    }
  }

  private static boolean hasRecycled(Map<String, byte[]> files) {
    return files.entrySet().stream()
        .filter(file -> SegmentFormat.isSegment(file.getKey()))
        .anyMatch(file -> SegmentFormat.isRecycled(file.getValue()));
  }

  private static void verifyNested(Map<String, byte[]> files, WalHistory history, int crashPoint) {
    try {
      history.verify(SteppedStore.open(TracedStorage.of(files).provider()), crashPoint);
    } catch (IOException failure) {
      throw new AssertionError(failure);
    }
  }

  /** Opens, opens again, and goes on. */
  private static void verifyOpened(TracedStorage first, WalHistory history, int crashPoint)
      throws IOException {
    // A power loss is no damage: nothing had to be salvaged.
    RecoveredWal unused = WalRecovery.recover(new ReadOnlyStorage(first));
    SteppedStore opened = SteppedStore.open(first.provider());
    history.verify(opened, crashPoint);
    String seen = history.describe(opened);

    TracedStorage second = TracedStorage.of(first.durable());
    SteppedStore again = SteppedStore.open(second.provider());
    assertThat(history.describe(again)).isEqualTo(seen);
    assertThat(CrashImages.sameFiles(second.content(), first.durable())).isTrue();

    for (String id : history.ids()) {
      long highest = again.store().highest(id);
      if (highest > 0) {
        assertThat(write(again, id, highest)).isInstanceOf(DuplicateSequenceNumberException.class);
      }
      assertThat(write(again, id, highest + 1)).isNull();
      assertThat(again.replay(id)).last().isEqualTo(highest + 1 + " goes on");
    }
  }

  private static @Nullable Throwable write(SteppedStore store, String id, long sequenceNr) {
    LogFixture.Result result = new LogFixture.Result();
    store.store().write(List.of(LogFixture.event(id, sequenceNr, "goes on")), result);
    store.run();
    assertThat(result.isDone()).isTrue();
    return result.failure();
  }
}
