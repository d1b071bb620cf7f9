package io.pekkoraft.persistence.wal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.persistence.Figures;
import io.pekkoraft.persistence.file.TracedStorage;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A log is damaged in any way before its last batch, and again when the damaged files are replaced:
 * an event that was confirmed is there as it was, or it is named as lost. More with {@code
 * -Draft.damages=1000}, for each of the logs.
 */
class WalDamagedSegmentsTest {
  private static final int LOGS = 20;
  private static final int DAMAGES = Integer.getInteger("raft.damages", 10);
  private static final int STEPS = 400;

  private int served;
  private int lost;
  private int refused;

  @Test
  @Timeout(value = 1, unit = TimeUnit.HOURS) // as many as one asks for
  void what_is_not_there_any_more_is_named() throws IOException {
    for (int seed = 1; seed <= LOGS; seed++) {
      TracedStorage storage = TracedStorage.empty();
      WalHistory history = WalWorkload.run(storage, seed, STEPS);
      Map<String, byte[]> files = storage.durable();
      Map<String, Map<Long, String>> whole = new TreeMap<>();
      SteppedStore sound = SteppedStore.open(TracedStorage.of(files).provider());
      for (String id : history.ids()) {
        whole.put(id, events(sound.store(), id, 1, Long.MAX_VALUE));
      }
      Random random = new Random(seed);
      for (int i = 0; i < DAMAGES; i++) {
        Map<String, byte[]> replaced = look(damaged(files, random), whole, seed + "." + i);
        if (replaced != null) {
          look(damaged(replaced, random), whole, seed + "." + i + ", damaged again,");
        }
      }
    }
    Figures.write(
        "Damaged segments",
        Figures.line("events served", served),
        Figures.line("events named as lost", lost),
        Figures.line("logs refused by name", refused));
    assertThat(served).isGreaterThan(lost);
    assertThat(lost).isGreaterThan(2 * LOGS * DAMAGES);
    assertThat(refused).isLessThan(LOGS * DAMAGES / 2);
  }

  /**
   * Also after a crash: as soon as the log was opened, and when the damaged files are replaced.
   *
   * @return the files then; null if the log is refused
   */
  private @Nullable Map<String, byte[]> look(
      Map<String, byte[]> files, Map<String, Map<Long, String>> whole, String description)
      throws IOException {
    TracedStorage storage = TracedStorage.of(files);
    SteppedStore opened;
    try {
      opened = SteppedStore.open(storage.provider());
    } catch (WalException named) {
      refused++;
      return null;
    }
    compare(opened, whole, description);
    compare(reopened(storage), whole, description + " after a crash");
    opened.run();
    compare(reopened(storage), whole, description + " after the replacement");
    opened.fireTimers();
    return storage.durable();
  }

  private static SteppedStore reopened(TracedStorage storage) throws IOException {
    return SteppedStore.open(TracedStorage.of(storage.durable()).provider());
  }

  private void compare(
      SteppedStore opened, Map<String, Map<Long, String>> whole, String description)
      throws IOException {
    for (Map.Entry<String, Map<Long, String>> id : whole.entrySet()) {
      for (Map.Entry<Long, String> event : id.getValue().entrySet()) {
        try {
          long number = event.getKey();
          assertThat(events(opened.store(), id.getKey(), number, number))
              .as("event %s of %s of log %s", number, id.getKey(), description)
              .containsOnly(event);
          served++;
        } catch (EventsLostException named) {
          lost++;
        }
      }
    }
  }

  private static Map<Long, String> events(WalStore store, String id, long from, long to)
      throws IOException {
    Map<Long, String> events = new TreeMap<>();
    store.replay(
        id,
        from,
        to,
        Long.MAX_VALUE,
        event -> events.put(event.sequenceNr(), new String(event.payload().bytes(), UTF_8)));
    return events;
  }

  private static Map<String, byte[]> damaged(Map<String, byte[]> files, Random random) {
    List<String> used =
        files.keySet().stream()
            .filter(SegmentFormat::isSegment)
            .filter(name -> isUsed(bytes(files, name)))
            .sorted()
            .toList();
    String newest = used.get(used.size() - 1);
    Map<String, byte[]> damaged = new HashMap<>(files);
    if (used.size() > 1 && random.nextInt(4) == 0) {
      String name = used.get(random.nextInt(used.size() - 1));
      damaged.put(name, emptied(bytes(files, name), random));
      return damaged;
    }
    Map<String, byte[]> kept = new HashMap<>(files);
    kept.keySet().retainAll(used);
    damaged.keySet().removeAll(used);
    damaged.putAll(Mutations.mutate(kept, random));
    damaged.put(newest, withLastBatch(bytes(files, newest), damaged.get(newest)));
    return damaged;
  }

  /** What the last batch proves durable it proves only if it is there. */
  private static byte[] withLastBatch(byte[] whole, byte @Nullable [] changed) {
    if (changed == null || changed.length < whole.length) {
      return whole;
    }
    int at = whole.length - BatchHeader.SECTOR;
    while (!isOfSegment(whole, at)) {
      at -= BatchHeader.SECTOR;
    }
    byte[] mended = changed.clone();
    System.arraycopy(whole, at, mended, at, whole.length - at);
    return mended;
  }

  private static byte[] bytes(Map<String, byte[]> files, String name) {
    return Objects.requireNonNull(files.get(name));
  }

  private static boolean isUsed(byte[] segment) {
    int first =
        SegmentFormat.isRecycled(segment)
            ? SectorStamps.firstBatch(segment.length)
            : SegmentFormat.HEADER_BYTES;
    return isOfSegment(segment, first);
  }

  private static boolean isOfSegment(byte[] segment, int at) {
    return BatchHeader.isIntact(segment, at)
        && BatchHeader.decode(segment, at).segment() == Bytes.getLong(segment, 32);
  }

  /** All of it behind some sector is gone: cut off, or zeros. */
  private static byte[] emptied(byte[] segment, Random random) {
    int sectors = segment.length / BatchHeader.SECTOR;
    int from = random.nextBoolean() ? random.nextInt(3) : random.nextInt(sectors);
    byte[] cut = Arrays.copyOf(segment, from * BatchHeader.SECTOR);
    return random.nextBoolean() ? cut : Arrays.copyOf(cut, segment.length);
  }
}
