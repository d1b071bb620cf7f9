package io.pekkoraft.persistence.wal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A log is damaged again and again, and what is lost is put back, in part or in full, while others
 * write and delete: what is served is what was written, what is not there is named, and once all is
 * put back nothing is lost. More with {@code -Draft.repairs=600}.
 */
class WalRepairSweepTest {
  private static final int SEEDS = Integer.getInteger("raft.repairs", 10);
  private static final int ROUNDS = 8;
  private static final List<String> IDS = List.of("a", "b", "quiet", "late");

  private final Map<String, TreeMap<Long, String>> written = new TreeMap<>();
  private final Map<String, Long> deletedTo = new HashMap<>();
  private LogFixture log = new LogFixture();
  private Random random = new Random();
  private int refusals;
  private int served;

  @Test
  @Timeout(value = 1, unit = TimeUnit.HOURS) // as many as one asks for
  void what_is_lost_is_named_until_it_is_put_back() {
    for (int seed = 1; seed <= SEEDS; seed++) {
      random = new Random(seed);
      written.clear();
      deletedTo.clear();
      log = new LogFixture();
      for (int round = 1; round <= ROUNDS; round++) {
        String description = "seed " + seed + ", round " + round;
        work(round);
        damage();
        check(description + ", damaged");
        log.run();
        check(description + ", replaced");
        if (random.nextBoolean()) {
          putBack(description, 0.5);
          check(description + ", in part");
          restart();
          check(description + ", in part, restarted");
        }
        work(round);
        restart();
        check(description + ", worked");
        putBack(description, 1);
        assertThat(log.store.lost()).as(description).isEmpty();
        check(description + ", put back");
        restart();
        assertThat(log.store.lost()).as(description + ", restarted").isEmpty();
        check(description + ", put back, restarted");
      }
    }
    assertThat(refusals).isGreaterThan(SEEDS);
    assertThat(served).isGreaterThan(refusals);
  }

  private void work(int round) {
    int steps = 20 + random.nextInt(120);
    for (int step = 0; step < steps; step++) {
      String id = IDS.get(random.nextInt(IDS.size()));
      boolean seldom = id.equals("quiet") && random.nextInt(8) != 0;
      if (seldom || (id.equals("late") && round < 3)) {
        continue;
      }
      TreeMap<Long, String> events = written.computeIfAbsent(id, key -> new TreeMap<>());
      long highest = highest(events);
      int choice = random.nextInt(10);
      if (choice < 8) {
        long number = highest + 1 + (random.nextInt(10) == 0 ? 1 : 0);
        String text = id + number + "|" + "x".repeat(random.nextInt(900));
        if (log.write(id, number, text).succeeded()) {
          events.put(number, text);
        }
      } else if (choice == 8 && !id.equals("quiet") && highest > 0) {
        long to = Math.max(1, highest - random.nextInt(10));
        if (log.deleteTo(id, to).succeeded()) {
          deletedTo.merge(id, to, Math::max);
        }
      } else {
        log.fireTimers();
      }
    }
    log.fireTimers();
    log.fireTimers();
  }

  private void restart() {
    log.run();
    log.close();
    log = LogFixture.reopened(log.storage.durable());
    if (random.nextBoolean()) {
      log.run();
    }
  }

  /** Of the newest segment nothing behind its last batch, which proves what stands before it. */
  private void damage() {
    log.run();
    log.close();
    Map<String, byte[]> sound = log.storage.durable();
    Map<String, byte[]> files = new HashMap<>(sound);
    List<String> used =
        files.keySet().stream()
            .filter(SegmentFormat::isSegment)
            .filter(name -> lastBatch(bytes(files, name)) > 0)
            .sorted()
            .toList();
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      int at = random.nextInt(used.size());
      String name = used.get(at);
      boolean newest = at == used.size() - 1;
      byte[] changed = bytes(files, name).clone();
      int end = newest ? lastBatch(bytes(sound, name)) : changed.length;
      int kind = random.nextInt(10);
      if (kind == 0 && !newest) {
        files.put(name, new byte[changed.length]);
        continue;
      }
      int offset = random.nextInt(end);
      if (kind < 4) {
        int from = offset / 512 * 512;
        Arrays.fill(changed, from, Math.min(end, from + 512), (byte) 0);
      } else {
        changed[offset] ^= (byte) (1 << random.nextInt(8));
      }
      files.put(name, changed);
    }
    log = LogFixture.reopened(files);
  }

  private static byte[] bytes(Map<String, byte[]> files, String name) {
    return Objects.requireNonNull(files.get(name));
  }

  private static int lastBatch(byte[] segment) {
    for (int at = segment.length - 512; at > 0; at -= 512) {
      if (BatchHeader.isIntact(segment, at)
          && BatchHeader.decode(segment, at).segment() == Bytes.getLong(segment, 32)) {
        return at;
      }
    }
    return 0;
  }

  private void check(String description) {
    written.forEach(
        (id, events) -> {
          String what = description + ", " + id;
          events.forEach((number, text) -> orRefused(() -> checkEvent(id, number, text, what)));
          orRefused(() -> checkReplay(id, events, what));
          orRefused(
              () ->
                  assertThat(log.store.highest(id))
                      .as("%s: highest", what)
                      .isEqualTo(highest(events)));
        });
  }

  private void orRefused(Runnable look) {
    try {
      look.run();
    } catch (EventsLostException named) {
      refusals++;
    }
  }

  /** One that was deleted may come back if the deletion is lost. */
  private void checkEvent(String id, long number, String text, String what) {
    List<String> found = log.replay(id, number, number, 9);
    if (number > deletedTo.getOrDefault(id, 0L) || !found.isEmpty()) {
      assertThat(found).as("%s: event %s", what, number).containsExactly(number + " " + text);
    }
    served++;
  }

  private void checkReplay(String id, NavigableMap<Long, String> events, String what) {
    List<String> known = new ArrayList<>();
    events.forEach((number, text) -> known.add(number + " " + text));
    List<String> all = log.replay(id);
    // In the order of the numbers, each once.
    known.retainAll(all);
    assertThat(all).as(what).isEqualTo(known);
  }

  private static long highest(NavigableMap<Long, String> events) {
    return events.isEmpty() ? 0 : events.lastKey();
  }

  private boolean isRefused(String id, long number) {
    try {
      log.replay(id, number, number, 9);
      return false;
    } catch (EventsLostException named) {
      return true;
    }
  }

  /** As another copy would: lost events, and that there are no others. */
  private void putBack(String description, double share) {
    written.forEach(
        (id, events) -> {
          events.forEach(
              (number, text) -> {
                if (isRefused(id, number) && random.nextDouble() < share) {
                  putBack(id, number, text, description);
                }
              });
          if (random.nextDouble() < share) {
            nothingLostAbove(id, highest(events), description);
          }
        });
    if (share == 1) {
      written.forEach((id, events) -> fill(id, events, description));
      nothingLostAbove("", 0, description);
    }
  }

  /** Numbers that were never written, too, may be held for those of lost events. */
  private void fill(String id, NavigableMap<Long, String> events, String description) {
    for (long number = 1; number <= highest(events); number++) {
      if (isRefused(id, number)) {
        String text = id + number + " was not there";
        putBack(id, number, text, description);
        events.put(number, text);
      }
    }
  }

  private void putBack(String id, long number, String text, String description) {
    LogFixture.Result result = new LogFixture.Result();
    log.store.repair(List.of(LogFixture.event(id, number, text)), result);
    log.run();
    assertThat(result.failure()).as(description).isNull();
  }

  private void nothingLostAbove(String id, long number, String description) {
    LogFixture.Result result = new LogFixture.Result();
    log.store.nothingLostAbove(id, number, result);
    log.run();
    assertThat(result.failure()).as(description).isNull();
  }
}
