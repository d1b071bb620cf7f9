package io.pekkoraft.persistence.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pekkoraft.persistence.Figures;
import io.pekkoraft.persistence.file.CrashImages;
import io.pekkoraft.persistence.file.TracedStorage;
import io.pekkoraft.persistence.file.TracedStorage.Call;
import io.pekkoraft.persistence.file.TracedStorage.Fate;
import io.pekkoraft.persistence.file.TracedStorage.Faults;
import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The power goes at every single call to the disk, and leaves everything that it may leave. Run
 * more with {@code -Draft.crash.images=25000}.
 */
class WalCrashPointTest {
  private static final int IMAGES = Integer.getInteger("raft.crash.images", 3000);
  private static final int STEPS = 90;
  private static final int MAX_WORKLOADS = 1000;

  /** One image in so many is also shut down again while it is being opened. */
  private static final int NESTED_EVERY = 100;

  private int shown;
  private int nested;

  @Test
  @Timeout(value = 1, unit = TimeUnit.HOURS)
  void whatever_a_power_loss_leaves_opens_with_all_that_was_confirmed() throws IOException {
    int distinct = 0;
    Map<CrashImages.Kind, Integer> counts = new EnumMap<>(CrashImages.Kind.class);
    long seed = 0;
    while (distinct < IMAGES && seed < MAX_WORKLOADS) {
      CrashImages images = imagesOf(++seed, Faults.NONE);
      distinct += images.distinct();
      images.counts().forEach((kind, count) -> counts.merge(kind, count, Integer::sum));
    }
    Figures.write(
        "Crash points of the log",
        Figures.line("workloads", seed),
        Figures.line("distinct images", distinct),
        "by kind = " + counts,
        Figures.line("of a second power loss while opening", nested));
    assertThat(distinct).isGreaterThanOrEqualTo(IMAGES);
    assertThat(nested).isPositive();
  }

  private CrashImages imagesOf(long seed, Faults faults) throws IOException {
    TracedStorage storage = TracedStorage.empty().with(faults);
    WalHistory history = WalWorkload.run(storage, seed, STEPS);
    CrashImages images =
        CrashImages.of(storage).randomSubsets(4).seed(seed).sameFacts(history::confirmedAt);
    images.forEach(image -> verify(image, history, seed));
    return images;
  }

  private void verify(CrashImages.Image image, WalHistory history, long seed) {
    try {
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

  private static Faults without(Call missing) {
    return (call, number) -> call == missing ? Fate.CLAIMED : Fate.DONE;
  }

  @Test
  void a_disk_that_does_not_flush_is_noticed_by_this_very_test() {
    assertThatThrownBy(() -> imagesOf(1, without(Call.FLUSH))).isInstanceOf(AssertionError.class);
  }

  @Test
  void a_directory_that_is_not_synced_is_noticed_by_this_very_test() {
    assertThatThrownBy(() -> imagesOf(1, without(Call.SYNC_DIRECTORY)))
        .isInstanceOf(AssertionError.class);
  }
}
