package io.pekkoraft.persistence.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.persistence.file.TracedStorage;
import io.pekkoraft.persistence.file.TracedStorage.Call;
import io.pekkoraft.persistence.file.TracedStorage.Fate;
import io.pekkoraft.persistence.file.TracedStorage.Faults;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * The storage fails at every call in turn. Whatever was confirmed is there after the next start.
 */
class WalStorageFaultTest {
  private static final int STEPS = 60;
  private static final Set<Call> NEED_SPACE =
      EnumSet.of(Call.CREATE, Call.WRITE, Call.RENAME, Call.SYNC_DIRECTORY);

  private int runs;
  private int latched;

  /** Fails the {@code nth} call of the given kinds, and all later ones if it is for good. */
  private static Faults fail(Set<Call> kinds, int nth, boolean forGood) {
    AtomicInteger seen = new AtomicInteger();
    return (call, number) -> {
      if (!kinds.contains(call)) {
        return Fate.DONE;
      }
      int count = seen.getAndIncrement();
      return count == nth || (forGood && count > nth) ? Fate.FAILED : Fate.DONE;
    };
  }

  /** One flush fails; all behind it say that they have flushed, until the next start. */
  private static Faults flushFailsAndLiesThen(int nth) {
    AtomicInteger seen = new AtomicInteger();
    AtomicBoolean lies = new AtomicBoolean();
    return (call, number) -> {
      if (call == Call.LIST) {
        lies.set(false); // a store that is opened looks what is there
      }
      if (call != Call.FLUSH) {
        return Fate.DONE;
      }
      if (seen.getAndIncrement() == nth) {
        lies.set(true);
        return Fate.FAILED;
      }
      return lies.get() ? Fate.CLAIMED : Fate.DONE;
    };
  }

  private static int callsOf(Set<Call> kinds, long seed) throws IOException {
    AtomicInteger seen = new AtomicInteger();
    TracedStorage storage =
        TracedStorage.empty()
            .with(
                (call, number) -> {
                  if (kinds.contains(call)) {
                    seen.incrementAndGet();
                  }
                  return Fate.DONE;
                });
    WalWorkload.run(storage, seed, STEPS);
    return seen.get();
  }

  /** Works with the faults, and then looks at what a kill and what a power loss leaves. */
  private void verify(Faults faults, long seed, String what) {
    runs++;
    TracedStorage storage = TracedStorage.empty().with(faults);
    WalHistory history = new WalHistory(storage::position);
    try {
      WalWorkload.run(storage, history, seed, STEPS);
    } catch (IOException | WalException named) {
      // The store could not be opened or closed, and says so.
      history.latch();
    } catch (RuntimeException | AssertionError failure) {
      throw new AssertionError(what, failure);
    }
    if (history.hasFailed()) {
      latched++;
    }
    verify(storage.content(), history, storage.position(), what + ", killed");
    verify(storage.durable(), history, storage.position(), what + ", without power");
  }

  private static void verify(
      Map<String, byte[]> files, WalHistory history, int position, String what) {
    try {
      history.verify(SteppedStore.open(TracedStorage.of(files).provider()), position);
    } catch (IOException | RuntimeException | AssertionError failure) {
      throw new AssertionError(what, failure);
    }
  }

  @Test
  void a_failed_flush_latches_the_store_also_if_the_next_ones_say_they_worked() throws IOException {
    Set<Call> flush = EnumSet.of(Call.FLUSH);
    for (long seed = 1; seed <= 2; seed++) {
      int flushes = callsOf(flush, seed);
      for (int nth = 0; nth < flushes; nth++) {
        verify(flushFailsAndLiesThen(nth), seed, "flush " + nth + " of workload " + seed);
      }
    }
    print("a flush that fails once and lies then");
    assertThat(latched).isEqualTo(runs);
  }

  @Test
  void a_full_disk_is_survived_at_every_call() throws IOException {
    for (boolean forGood : new boolean[] {false, true}) {
      int calls = callsOf(NEED_SPACE, 3);
      for (int nth = 0; nth < calls; nth++) {
        verify(fail(NEED_SPACE, nth, forGood), 3, "call " + nth + ", for good: " + forGood);
      }
    }
    print("no space left, at every call, once and for good");
  }

  @Test
  void an_error_of_any_call_is_survived() throws IOException {
    Set<Call> all = EnumSet.allOf(Call.class);
    int calls = callsOf(all, 4);
    for (int nth = 0; nth < calls; nth++) {
      verify(fail(all, nth, false), 4, "call " + nth);
    }
    print("an error, at every call");
  }

  private void print(String what) {
    System.out.printf(
        "Faults of the storage: %s: %d runs, the store failed in %d%n", what, runs, latched);
  }
}
