package io.pekkoraft.testkit.fullstack;

import io.pekkoraft.persistence.file.Storage;
import io.pekkoraft.persistence.file.StorageFile;
import io.pekkoraft.persistence.wal.LogInspection;
import io.pekkoraft.persistence.wal.WalException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Damages one file of a member: a bit, some bits close to each other, or a whole sector is not as
 * it was written. A sector never becomes zeros, or what stood there before: where nothing was
 * written behind it that is a write that never reached the disk, and nothing can tell ({@code
 * docs/format.md}).
 */
final class DiskDamage {
  private static final int SECTOR = 512;
  private static final int FILE_HEADER = 64;
  private static final int BATCH_HEADER = 80;
  private static final int MOST_BITS = 8;
  private static final int CLOSE = 64;

  private enum Place {
    FILE_HEADER,
    BATCH_HEADER,
    BATCH,
    LAST_BATCH,
    ANYWHERE,
    DESCRIPTOR,
    SNAPSHOT
  }

  private record Target(String path, String file, int from, int to) {}

  private final Disk disk;
  private final SplittableRandom random;

  private DiskDamage(Disk disk, SplittableRandom random) {
    this.disk = disk;
    this.random = random;
  }

  /**
   * Strikes a disk that nobody uses.
   *
   * @return what was done, without names of files: Pekko puts the time of day into some; null if
   *     there is no such file
   */
  static @Nullable String strike(Disk disk, SplittableRandom random) {
    try {
      return new DiskDamage(disk, random).strike();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private @Nullable String strike() throws IOException {
    Place place = Place.values()[random.nextInt(Place.values().length)];
    Target target = target(place);
    if (target == null) {
      return null;
    }
    int at = random.nextInt(target.from(), target.to());
    int kind = random.nextInt(3);
    disk.spoil(
        target.path(),
        target.file(),
        bytes -> {
          if (kind == 0) {
            flip(bytes, at);
          } else if (kind == 1) {
            flipSome(bytes, at);
          } else {
            scramble(bytes, at);
          }
        });
    String what = List.of("a bit", "some bits", "a sector").get(kind);
    return "damage of " + what + " at " + at + ", " + place;
  }

  private @Nullable Target target(Place place) throws IOException {
    return switch (place) {
      case FILE_HEADER -> inFile(FullStackMember.JOURNAL, FILE_HEADER);
      case ANYWHERE -> inFile(FullStackMember.JOURNAL, Integer.MAX_VALUE);
      case DESCRIPTOR -> inFile(FullStackMember.DESCRIPTORS, Integer.MAX_VALUE);
      case SNAPSHOT -> inFile(FullStackMember.SNAPSHOTS, Integer.MAX_VALUE);
      case BATCH_HEADER -> inBatch(false, BATCH_HEADER);
      case BATCH -> inBatch(false, Integer.MAX_VALUE);
      case LAST_BATCH -> inBatch(true, Integer.MAX_VALUE);
    };
  }

  private @Nullable Target inFile(String path, int most) throws IOException {
    Storage files = disk.durable(path);
    List<Target> targets = new ArrayList<>();
    for (String name : files.list()) {
      try (StorageFile file = files.openForReading(name)) {
        int size = (int) Math.min(file.size(), most);
        if (size > 0) {
          targets.add(new Target(path, name, 0, size));
        }
      }
    }
    return any(targets);
  }

  private @Nullable Target inBatch(boolean last, int most) throws IOException {
    List<Target> targets = new ArrayList<>();
    LogInspection.of(disk.durable(FullStackMember.JOURNAL)).visit(new Batches(targets, most));
    return last && !targets.isEmpty() ? targets.get(targets.size() - 1) : any(targets);
  }

  private record Batches(List<Target> targets, int most) implements LogInspection.Visitor {
    @Override
    public void batch(LogInspection.Batch batch) {
      int from = (int) batch.offset();
      targets.add(
          new Target(
              FullStackMember.JOURNAL, batch.file(), from, from + Math.min(batch.bytes(), most)));
    }

    @Override
    public void record(LogInspection.Entry entry) {}

    @Override
    public void unreadable(WalException problem) {}
  }

  private @Nullable Target any(List<Target> targets) {
    return targets.isEmpty() ? null : targets.get(random.nextInt(targets.size()));
  }

  private void flip(byte[] bytes, int at) {
    bytes[at] ^= (byte) (1 << random.nextInt(8));
  }

  private void flipSome(byte[] bytes, int at) {
    flip(bytes, at);
    for (int more = random.nextInt(1, MOST_BITS); more > 0; more--) {
      int other = at + random.nextInt(1, CLOSE);
      if (other < bytes.length) {
        flip(bytes, other);
      }
    }
  }

  private void scramble(byte[] bytes, int at) {
    byte[] noise = new byte[SECTOR];
    random.nextBytes(noise);
    int from = at / SECTOR * SECTOR;
    System.arraycopy(noise, 0, bytes, from, Math.min(SECTOR, bytes.length - from));
  }
}
