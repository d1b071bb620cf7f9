package io.pekkoraft.persistence.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.persistence.Figures;
import io.pekkoraft.persistence.file.TracedStorage;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * One bit flips, in every region of a log of several segments. Up to the end of what was written it
 * is named with its file; behind that it changes nothing, or stands where the next batch would.
 */
class WalBitFlipTest {
  /** Not every byte of payloads and of zeros is tried; every byte of headers is. */
  private static final int STEP = 29;

  private static final int HEADER = BatchHeader.BYTES + RecordFormat.HEADER_BYTES;

  private final Map<String, Integer> counts = new TreeMap<>();

  @Test
  void a_flipped_bit_is_named_or_changes_nothing() throws IOException {
    TracedStorage storage = TracedStorage.empty();
    WalHistory history = WalWorkload.run(storage, 7, 90);
    Map<String, byte[]> files = storage.durable();
    assertThat(files.values()).as("a recycled segment").anyMatch(SegmentFormat::isRecycled);
    String whole = history.describe(SteppedStore.open(TracedStorage.of(files).provider()));
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      int end = endOfContent(file.getValue());
      for (int at = 0; at < file.getValue().length; at++) {
        boolean header = at % BatchHeader.SECTOR < HEADER && startsBatch(file.getValue(), at);
        if (header || at % STEP == 0) {
          flip(files, file.getKey(), at, at < end, history, whole);
        }
      }
    }
    Figures.write(
        "Flipped bits of the log",
        counts.entrySet().stream()
            .map(count -> Figures.line(count.getKey(), count.getValue()))
            .toArray(String[]::new));
    assertThat(counts.keySet())
        .contains(
            "content: lost events named",
            "content: nothing changed",
            "behind the end: nothing changed")
        .isSubsetOf(
            "content: named",
            "content: lost events named",
            "content: a deletion undone",
            "content: nothing changed",
            "behind the end: nothing changed",
            "behind the end: lost events named",
            "behind the end: named");
  }

  private static boolean startsBatch(byte[] bytes, int at) {
    int sector = at / BatchHeader.SECTOR * BatchHeader.SECTOR;
    return sector + 4 <= bytes.length && Bytes.getInt(bytes, sector) == BatchHeader.MAGIC;
  }

  private static int endOfContent(byte[] bytes) {
    int end = bytes.length;
    while (end > 0 && bytes[end - 1] == 0) {
      end--;
    }
    return end;
  }

  private void flip(
      Map<String, byte[]> files,
      String name,
      int at,
      boolean content,
      WalHistory history,
      String whole)
      throws IOException {
    Map<String, byte[]> changed = new HashMap<>(files);
    byte[] bytes = changed.getOrDefault(name, RecordFormat.NO_BYTES).clone();
    bytes[at] ^= (byte) (1 << (at % 8));
    changed.put(name, bytes);
    String region = content ? "content: " : "behind the end: ";
    try {
      SteppedStore opened = SteppedStore.open(TracedStorage.of(changed).provider());
      String found = history.describe(opened);
      // A deletion that is lost is undone: what was deleted is there again, and nothing else.
      assertThat(found.lines()).as("%s %s", name, at).containsAll(whole.lines().toList());
      counts.merge(
          region + (found.equals(whole) ? "nothing changed" : "a deletion undone"),
          1,
          Integer::sum);
    } catch (EventsLostException lost) {
      assertThat(lost).hasMessageContaining("these events are lost: ");
      counts.merge(region + "lost events named", 1, Integer::sum);
    } catch (WalDamagedException | UnsupportedWalVersionException named) {
      assertThat(named).hasMessageContaining("file [").hasMessageContaining("offset");
      counts.merge(region + "named", 1, Integer::sum);
    }
  }
}
