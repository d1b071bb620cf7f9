package io.pekkoraft.persistence.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.persistence.Figures;
import io.pekkoraft.persistence.file.CrashImages;
import io.pekkoraft.persistence.file.TracedStorage;
import io.pekkoraft.persistence.file.TracedStorage.Call;
import io.pekkoraft.persistence.file.TracedStorage.Fate;
import io.pekkoraft.persistence.file.TracedStorage.Faults;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The power goes at every call to the disk while snapshots are saved, replaced and deleted. */
class SnapshotCrashPointTest {
  private static final String ID = "some-id";

  /** What was confirmed when: up to a position of the disk's calls. */
  private record Fact(int position, long sequenceNr, boolean deleted) {}

  private final List<Fact> facts = new ArrayList<>();
  private final Set<Long> asked = new TreeSet<>();

  private TracedStorage worked(Faults faults) throws IOException {
    TracedStorage storage = TracedStorage.empty().with(faults);
    StoredSnapshots snapshots = StoredSnapshots.open(storage);
    for (long number = 1; number <= 12; number++) {
      asked.add(number);
      snapshots.save(snapshot(number));
      facts.add(new Fact(storage.position(), number, false));
      if (number % 3 == 0) {
        long upTo = number - 2;
        facts.add(new Fact(storage.position(), upTo, true));
        snapshots.delete(StoredName.hash(ID), name -> name.sequenceNr() <= upTo);
      }
    }
    return storage;
  }

  private static StoredObject snapshot(long number) {
    byte[] bytes = ("state " + number + " ").repeat((int) (60 * number)).getBytes(UTF_8);
    return new StoredObject(ID, number, 99, new StoredObject.Serialized(1, "m", bytes), null);
  }

  private int knownAt(int crashPoint) {
    return (int) facts.stream().filter(fact -> fact.position() <= crashPoint).count();
  }

  /** The newest confirmed snapshot, or a newer one that was being saved, can be loaded. */
  private void verify(CrashImages.Image image) {
    long confirmed = 0;
    for (Fact fact : facts) {
      if (fact.position() <= image.crashPoint() && !fact.deleted()) {
        confirmed = fact.sequenceNr();
      }
    }
    try {
      StoredSnapshots opened = StoredSnapshots.open(TracedStorage.of(image.files()));
      List<StoredName> names = opened.find(ID);
      long newest = names.isEmpty() ? 0 : names.get(0).sequenceNr();
      assertThat(newest).as("crash point %s", image.crashPoint()).isGreaterThanOrEqualTo(confirmed);
      for (StoredName name : names) {
        assertThat(asked).contains(name.sequenceNr());
        StoredObject loaded = opened.load(ID, name);
        assertThat(loaded.object().bytes()).isEqualTo(snapshot(name.sequenceNr()).object().bytes());
      }
      opened.save(snapshot(newest + 1));
      assertThat(opened.find(ID).get(0).sequenceNr()).isEqualTo(newest + 1);
    } catch (IOException failure) {
      throw new AssertionError(failure);
    }
  }

  @Test
  void a_confirmed_snapshot_is_there_whatever_a_power_loss_leaves() throws IOException {
    TracedStorage storage = worked(Faults.NONE);
    CrashImages images = CrashImages.of(storage).randomSubsets(8).seed(1).sameFacts(this::knownAt);
    images.forEach(this::verify);
    Figures.write(
        "Crash points of stored snapshots",
        Figures.line("distinct images", images.distinct()),
        "by kind = " + images.counts());
    assertThat(images.distinct()).isGreaterThan(200);
  }

  @Test
  void a_disk_that_does_not_flush_or_sync_is_noticed_by_this_very_test() throws IOException {
    for (Call missing : List.of(Call.FLUSH, Call.SYNC_DIRECTORY)) {
      facts.clear();
      TracedStorage storage = worked((call, number) -> call == missing ? Fate.CLAIMED : Fate.DONE);
      List<Throwable> noticed = new ArrayList<>();
      CrashImages.of(storage)
          .sameFacts(this::knownAt)
          .forEach(
              image -> {
                try {
                  verify(image);
                } catch (AssertionError caught) {
                  noticed.add(caught);
                }
              });
      assertThat(noticed).as("without %s", missing).isNotEmpty();
    }
  }
}
