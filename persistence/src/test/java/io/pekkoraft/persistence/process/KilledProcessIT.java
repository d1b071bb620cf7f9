package io.pekkoraft.persistence.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.persistence.Figures;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code kill -9} under load, again and again; more with {@code -Draft.kills=200}. */
class KilledProcessIT {
  private static final int KILLS = Integer.getInteger("raft.kills", 5);

  @TempDir Path directory;
  private final Random random = new Random(5);

  @Test
  @Timeout(value = 1, unit = TimeUnit.HOURS)
  void a_killed_process_finds_all_that_it_had_confirmed() throws Exception {
    ObservedProcess process = new ObservedProcess(directory);
    try {
      for (int kill = 0; kill < KILLS; kill++) {
        process.start();
        process.listen(1 + random.nextInt(3000));
        process.kill();
      }
      process.start();
    } finally {
      process.kill();
    }
    Figures.write(
        "Killed processes",
        Figures.line("kills", KILLS),
        Figures.line("events confirmed and found", process.events()));
    assertThat(process.failures()).isZero();
  }
}
