package io.pekkoraft.persistence.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.persistence.Figures;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * On file systems of this machine's kernel, so it needs root, {@code mkfs.ext4} and {@code
 * python3}: {@code mvn -Ppowerloss -pl persistence -am verify -Dit.test=PowerLossIT -Dtest=None}.
 */
@EnabledIfSystemProperty(named = "raft.powerloss", matches = "true")
class PowerLossIT {
  private static final int ROUNDS = Integer.getInteger("raft.powerloss.rounds", 50);

  /** Shuts ext4 down in flight, without flushing even its journal. */
  private static final String SHUTDOWN =
      """
      import fcntl, os, struct, sys
      fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587d, struct.pack('I', 2))
      """;

  @TempDir Path temp;
  private final Random random = new Random(6);

  @Test
  @Timeout(value = 1, unit = TimeUnit.HOURS)
  void a_power_loss_takes_nothing_that_was_confirmed() throws Exception {
    Path image = temp.resolve("image");
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(256L << 20);
    }
    run("mkfs.ext4", "-q", "-F", image.toString());
    Path mount = Files.createDirectory(temp.resolve("mount"));
    ObservedProcess process = new ObservedProcess(mount.resolve("data"));
    int lost = 0;
    for (int round = 0; round <= ROUNDS; round++) {
      run("mount", "-o", "loop", image.toString(), mount.toString());
      try {
        process.start();
        Path control = mount.resolve("not-flushed-" + (round - 1));
        if (round > 0 && (!Files.exists(control) || Files.size(control) < 1 << 20)) {
          lost++;
        }
        if (round < ROUNDS) {
          process.listen(1 + random.nextInt(2000));
          Files.write(mount.resolve("not-flushed-" + round), new byte[1 << 20]);
          run("python3", "-c", SHUTDOWN, mount.toString());
        }
      } finally {
        process.kill();
        run("umount", mount.toString());
      }
    }
    Figures.write(
        "Power losses of a file system",
        Figures.line("power losses", ROUNDS),
        Figures.line("that took a file which was not flushed", lost),
        Figures.line("events confirmed, all there", process.events()));
    assertThat(lost).as("rounds in which the loss was real").isGreaterThan(ROUNDS / 2);
  }

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void a_full_disk_takes_nothing_that_was_confirmed() throws Exception {
    Path mount = Files.createDirectory(temp.resolve("mount"));
    run("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", mount.toString());
    ObservedProcess process = new ObservedProcess(mount.resolve("data"));
    try {
      process.start();
      // Something else takes the space while the log is in use.
      fill(mount.resolve("other"));
      process.listenUntil(line -> line.startsWith("F "));
      process.kill();
      assertThat(process.failures()).isPositive();

      run("mount", "-o", "remount,size=64m", mount.toString());
      process.start();
      process.listen(1000);
    } finally {
      process.kill();
      run("umount", mount.toString());
    }
    Figures.write("Full disk", Figures.line("events confirmed, all there", process.events()));
  }

  /** Writes until no space is left. */
  private static void fill(Path file) {
    try (RandomAccessFile filling = new RandomAccessFile(file.toFile(), "rw")) {
      byte[] bytes = new byte[4096];
      while (true) {
        filling.write(bytes);
      }
    } catch (IOException full) {
      assertThat(full).hasMessageContaining("No space left");
    }
  }

  private static void run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as("%s: %s", List.of(command), output).isZero();
  }
}
