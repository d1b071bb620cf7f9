package io.pekkoraft.persistence.wal;

import io.pekkoraft.persistence.file.MemoryStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** Small logs as files, in good order and not. */
public final class SampleLogs {
  public static final String SEGMENT = SegmentFormat.fileName(1);

  private SampleLogs() {}

  /** Two ids, one deletion, a mark, and a large last event. */
  public static Map<String, byte[]> intact() {
    LogFixture log = new LogFixture(new MemoryStorage());
    log.write("a", 1, "one");
    log.write("b", 1, "other");
    log.deleteTo("a", 1);
    log.fireTimers();
    log.fireTimers();
    log.write("a", 2, "p".repeat(3000));
    return new HashMap<>(log.storage.durable());
  }

  /** Writes {@link #intact} into a directory. */
  public static void lay(Path directory) throws IOException {
    for (Map.Entry<String, byte[]> file : intact().entrySet()) {
      Files.write(directory.resolve(file.getKey()), file.getValue());
    }
  }

  /** The same with a last batch of which a sector in the middle is missing. */
  public static Map<String, byte[]> torn() {
    return changed((bytes, end) -> Arrays.fill(bytes, end - 1536, end - 1024, (byte) 0));
  }

  /** The same with a flipped bit in an acknowledged event. */
  public static Map<String, byte[]> damaged() {
    return changed((bytes, end) -> bytes[SegmentFormat.HEADER_BYTES + 1024 + 90] ^= 1);
  }

  /** The same damaged, after a start that wrote down what is lost. */
  public static Map<String, byte[]> salvaged() {
    LogFixture log = LogFixture.reopened(damaged());
    log.run();
    return new HashMap<>(log.storage.durable());
  }

  /** The same with a batch of a later version. */
  public static Map<String, byte[]> newer() {
    return changed(
        (bytes, end) -> {
          int at = SegmentFormat.HEADER_BYTES;
          bytes[at + 4] = BatchHeader.VERSION + 1;
          Bytes.putInt(bytes, at + 72, Bytes.crc32c(bytes, at, 72));
        });
  }

  /** Changes the segment. */
  private interface Change {
    void apply(byte[] segment, int end);
  }

  private static Map<String, byte[]> changed(Change change) {
    Map<String, byte[]> files = intact();
    byte[] bytes = Objects.requireNonNull(files.get(SEGMENT)).clone();
    int end = bytes.length;
    while (bytes[end - 1] == 0) {
      end--;
    }
    change.apply(bytes, end);
    files.put(SEGMENT, bytes);
    return files;
  }
}
