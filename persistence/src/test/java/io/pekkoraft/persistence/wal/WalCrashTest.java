package io.pekkoraft.persistence.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.persistence.file.MemoryStorage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random work with a power loss before any flush, in which any sectors that were not flushed may be
 * lost. What was confirmed is there afterwards; what was not is there whole or not at all.
 */
class WalCrashTest {
  private static final int STEPS = 800;
  private static final List<String> IDS = List.of("a", "b", "quiet", "large");

  private final Map<String, Model> models = new TreeMap<>();
  private int images;

  /** What one id's callers know. */
  private static final class Model {
    private final TreeMap<Long, String> confirmed = new TreeMap<>();
    private final TreeMap<Long, String> submitted = new TreeMap<>();
    private long confirmedHighest;
    private long confirmedDeletion;
    private long submittedDeletion;
    private long next = 1;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void a_power_loss_takes_nothing_that_was_confirmed(long seed) {
    Random random = new Random(seed);
    IDS.forEach(id -> models.put(id, new Model()));
    LogFixture log = watched(new MemoryStorage(), random);
    for (int step = 0; step < STEPS; step++) {
      act(log, random);
      if (random.nextInt(60) == 0) {
        log.run();
        log = watched(MemoryStorage.of(log.storage.durable()), random);
      }
    }
    assertThat(images).isGreaterThan(100);
  }

  private LogFixture watched(MemoryStorage storage, Random random) {
    LogFixture log = new LogFixture(storage);
    storage.beforeFlush(
        () -> {
          if (random.nextInt(4) == 0) {
            images++;
            verify(storage.tornBy(random));
          }
        });
    return log;
  }

  private void act(LogFixture log, Random random) {
    String id = IDS.get(random.nextInt(IDS.size()));
    Model model = models.computeIfAbsent(id, key -> new Model());
    int choice = random.nextInt(10);
    if (choice < 7) {
      write(log, id, model, random);
    } else if (choice == 7) {
      delete(log, id, model, random);
    } else if (choice == 8) {
      log.fireTimers();
    } else {
      log.run();
    }
    if (random.nextBoolean()) {
      log.run();
    }
  }

  private static void write(LogFixture log, String id, Model model, Random random) {
    if (id.equals("quiet") && random.nextInt(20) != 0) {
      return;
    }
    List<EventRecord> events = new ArrayList<>();
    Map<Long, String> texts = new HashMap<>();
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      int size = id.equals("large") ? random.nextInt(6000) : random.nextInt(400);
      String text = (random.nextInt(4) == 0 ? "\0" : "x").repeat(size);
      texts.put(model.next, text);
      events.add(LogFixture.event(id, model.next++, text));
    }
    model.submitted.putAll(texts);
    log.store.write(
        events,
        failure -> {
          assertThat(failure).isNull();
          model.confirmed.putAll(texts);
          model.confirmedHighest = model.confirmed.lastKey();
        });
  }

  private static void delete(LogFixture log, String id, Model model, Random random) {
    if (id.equals("quiet") || model.confirmedHighest == 0) {
      return;
    }
    long to = model.confirmedHighest - random.nextInt(3);
    model.submittedDeletion = Math.max(model.submittedDeletion, to);
    log.store.deleteTo(
        id,
        to,
        failure -> {
          assertThat(failure).isNull();
          model.confirmedDeletion = Math.max(model.confirmedDeletion, to);
        });
  }

  private void verify(Map<String, byte[]> files) {
    LogFixture recovered = LogFixture.reopened(files);
    models.forEach((id, model) -> verify(id, model, recovered));
    // It is a log to go on with, and to open again.
    assertThat(recovered.write("new", 1, "x").succeeded()).isTrue();
    assertThat(LogFixture.reopened(recovered.storage.durable()).replay("new"))
        .containsExactly("1 x");
  }

  private static void verify(String id, Model model, LogFixture recovered) {
    List<String> replayed = recovered.replay(id);
    assertThat(recovered.store.highest(id)).isGreaterThanOrEqualTo(model.confirmedHighest);
    List<String> needed = new ArrayList<>();
    model
        .confirmed
        .tailMap(model.submittedDeletion, false)
        .forEach((number, text) -> needed.add(number + " " + text));
    List<String> possible = new ArrayList<>();
    model
        .submitted
        .tailMap(model.confirmedDeletion, false)
        .forEach((number, text) -> possible.add(number + " " + text));
    assertThat(replayed).containsAll(needed);
    assertThat(possible).containsAll(replayed);
  }
}
