package io.pekkoraft.persistence.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.persistence.Allocation;
import io.pekkoraft.persistence.Figures;
import io.pekkoraft.persistence.file.TracedStorage;
import io.pekkoraft.persistence.wal.Mutations;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Stored snapshots that are not as they were written, half of them with checksums that are right.
 * More with {@code -Draft.mutations=100000}.
 */
class MutatedSnapshotTest {
  private static final int MUTATIONS = Integer.getInteger("raft.mutations", 8000);

  /** Read before it is measured, as loading classes costs memory too. */
  private static final int WARM_UP = 500;

  private static final String ID = "some-id";
  private static final int HEADER = 44;

  /** What is allocated however small the file is: names, messages, stack traces. */
  private static final long BASE = 128 << 10;

  private int refused;
  private long most;

  @Test
  @Timeout(value = 1, unit = TimeUnit.HOURS)
  void a_mutated_snapshot_is_read_or_refused_by_name_and_never_costs_more_than_twice_its_size()
      throws IOException {
    TracedStorage storage = TracedStorage.empty();
    StoredSnapshots snapshots = StoredSnapshots.open(storage);
    StoredObject.Serialized object =
        new StoredObject.Serialized(17, "manifest", "content ".repeat(100_000).getBytes(UTF_8));
    StoredObject.Serialized metadata =
        new StoredObject.Serialized(18, "m", "more ".repeat(10).getBytes(UTF_8));
    snapshots.save(new StoredObject(ID, 7, 99, object, metadata));
    Map<String, byte[]> files = storage.durable();
    Random random = new Random(43);
    for (int i = -WARM_UP; i < MUTATIONS; i++) {
      Map<String, byte[]> mutated = Mutations.mutate(files, random);
      if (!mutated.isEmpty()) {
        read(i % 2 == 0 ? mutated : reseal(mutated), i >= 0);
      }
    }
    Figures.write(
        "Mutated snapshots",
        Figures.line("snapshots read", MUTATIONS),
        Figures.line("refused by name", refused),
        Figures.line(
            "bytes of one", Objects.requireNonNull(files.values().iterator().next()).length),
        Figures.line("bytes allocated to read it, at most", most));
    assertThat(refused).isBetween(MUTATIONS / 4, MUTATIONS - 1);
  }

  private static Map<String, byte[]> reseal(Map<String, byte[]> files) {
    Map.Entry<String, byte[]> file = files.entrySet().iterator().next();
    byte[] bytes = file.getValue().clone();
    if (bytes.length >= HEADER) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      int chunk = 256 << 10;
      int rest = Math.max(0, bytes.length - HEADER - 4);
      int count = (rest + chunk + 3) / (chunk + 4);
      int length = rest - 4 * count;
      if (length <= 0) {
        return Map.of(file.getKey(), bytes);
      }
      buffer.putInt(12, chunk);
      buffer.putLong(16, length);
      buffer.putInt(40, crc(bytes, 0, 40));
      int checksums = HEADER + length;
      for (int i = 0; i < count; i++) {
        int from = i * chunk;
        int of = Math.min(chunk, length - from);
        buffer.putInt(checksums + 4 * i, crc(bytes, HEADER + from, of));
      }
      buffer.putInt(checksums + 4 * count, crc(bytes, checksums, 4 * count));
    }
    return Map.of(file.getKey(), bytes);
  }

  private static int crc(byte[] bytes, int from, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, length);
    return (int) crc.getValue();
  }

  private void read(Map<String, byte[]> files, boolean measured) throws IOException {
    StoredSnapshots snapshots = StoredSnapshots.open(TracedStorage.of(files));
    List<StoredName> names = snapshots.find(ID);
    long size = Objects.requireNonNull(files.values().iterator().next()).length;
    Allocation allocation = new Allocation();
    try {
      snapshots.load(ID, names.get(0));
    } catch (SnapshotDamagedException | UnsupportedSnapshotVersionException named) {
      refused++;
    }
    long allocated = allocation.bytes();
    if (measured) {
      most = Math.max(most, allocated);
      assertThat(allocated).isLessThanOrEqualTo(2 * size + BASE);
    }
  }
}
