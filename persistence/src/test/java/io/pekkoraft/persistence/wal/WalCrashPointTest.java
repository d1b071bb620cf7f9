package io.pekkoraft.persistence.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pekkoraft.persistence.Figures;
import io.pekkoraft.persistence.file.CrashImages;
import io.pekkoraft.persistence.file.TracedStorage.Call;
import io.pekkoraft.persistence.file.TracedStorage.Fate;
import io.pekkoraft.persistence.file.TracedStorage.Faults;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The power goes at every single call to the disk, and leaves everything that it may leave. Run
 * more with {@code -Draft.crash.images=25000}.
 */
class WalCrashPointTest {
  private static final int IMAGES = Integer.getInteger("raft.crash.images", 3000);
  private static final int MAX_WORKLOADS = 1000;

  private final CrashPoints points = new CrashPoints();

  @Test
  @Timeout(value = 1, unit = TimeUnit.HOURS)
  void whatever_a_power_loss_leaves_opens_with_all_that_was_confirmed() throws IOException {
    int distinct = 0;
    Map<CrashImages.Kind, Integer> counts = new EnumMap<>(CrashImages.Kind.class);
    long seed = 0;
    while (distinct < IMAGES && seed < MAX_WORKLOADS) {
      CrashImages images = points.imagesOf(++seed, Faults.NONE);
      distinct += images.distinct();
      images.counts().forEach((kind, count) -> counts.merge(kind, count, Integer::sum));
    }
    Figures.write(
        "Crash points of the log",
        Figures.line("workloads", seed),
        Figures.line("distinct images", distinct),
        "by kind = " + counts,
        Figures.line("with a recycled segment", points.recycled()),
        Figures.line("of a second power loss while opening", points.nested()));
    assertThat(distinct).isGreaterThanOrEqualTo(IMAGES);
    assertThat(points.nested()).isPositive();
    assertThat(points.recycled()).isGreaterThan(IMAGES / 10);
  }

  private static Faults without(Call missing) {
    return (call, number) -> call == missing ? Fate.CLAIMED : Fate.DONE;
  }

  @Test
  void a_disk_that_does_not_flush_is_noticed_by_this_very_test() {
    assertThatThrownBy(() -> points.imagesOf(1, without(Call.FLUSH)))
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void a_directory_that_is_not_synced_is_noticed_by_this_very_test() {
    assertThatThrownBy(() -> points.imagesOf(1, without(Call.SYNC_DIRECTORY)))
        .isInstanceOf(AssertionError.class);
  }
}
