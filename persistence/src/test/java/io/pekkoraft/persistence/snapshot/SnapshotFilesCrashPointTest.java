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
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The power goes at every call to the disk while snapshots of a state machine are written,
 * received, and deleted.
 */
class SnapshotFilesCrashPointTest {
  private static final int SNAPSHOTS = 9;

  /** A snapshot is confirmed, from a position of the disk's calls on. */
  private record Published(int position, long index, SnapshotFile file) {}

  /** Those before an index are given up, from a position on. */
  private record GivenUp(int position, long before) {}

  private final List<Published> published = new ArrayList<>();
  private final List<GivenUp> givenUp = new ArrayList<>();

  private static byte[] state(long index) {
    return ("state " + index + " ").repeat((int) (60 * index)).getBytes(UTF_8);
  }

  private static String hash(byte[] bytes) {
    MessageDigest digest = SnapshotFiles.sha256();
    return HexFormat.of().formatHex(digest.digest(bytes));
  }

  private TracedStorage worked(Faults faults) throws IOException {
    TracedStorage storage = TracedStorage.empty().with(faults);
    SnapshotFiles files = SnapshotFiles.open(storage);
    for (long index = 1; index <= SNAPSHOTS; index++) {
      SnapshotFile file = index % 2 == 0 ? received(files, index) : written(files, index);
      published.add(new Published(storage.position(), index, file));
      if (index % 3 == 0) {
        givenUp.add(new GivenUp(storage.position(), index));
        files.deleteBefore(index);
      }
    }
    return storage;
  }

  private static SnapshotFile written(SnapshotFiles files, long index) throws IOException {
    try (SnapshotWriter writer = files.create(index)) {
      writer.stream().write(state(index));
      return writer.commit();
    }
  }

  private static SnapshotFile received(SnapshotFiles files, long index) throws IOException {
    byte[] state = state(index);
    try (SnapshotWriter writer = files.receive(index)) {
      writer.stream().write(state, 0, state.length / 2);
      writer.stream().flush();
      writer.stream().write(state, state.length / 2, state.length - state.length / 2);
      return writer.commit(state.length, hash(state));
    }
  }

  private CrashImages images(TracedStorage storage) {
    return CrashImages.of(storage).randomSubsets(8).seed(1).sameFacts(this::knownAt);
  }

  private int knownAt(int crashPoint) {
    return (int)
        (published.stream().filter(one -> one.position() <= crashPoint).count()
            + givenUp.stream().filter(one -> one.position() <= crashPoint).count());
  }

  /** Whatever was confirmed, and whatever else has a snapshot's name, is there and whole. */
  private void verify(CrashImages.Image image) {
    long needed =
        givenUp.stream()
            .filter(one -> one.position() <= image.crashPoint())
            .mapToLong(GivenUp::before)
            .max()
            .orElse(0);
    try {
      TracedStorage storage = TracedStorage.of(image.files());
      SnapshotFiles opened = SnapshotFiles.open(storage);
      for (Published one : published) {
        boolean confirmed = one.position() <= image.crashPoint() && one.index() >= needed;
        if (confirmed || image.files().containsKey(one.file().name())) {
          try (InputStream in = opened.openVerified(one.file())) {
            assertThat(in.readAllBytes()).isEqualTo(state(one.index()));
          }
        }
      }
      SnapshotFile next = written(opened, SNAPSHOTS + 1);
      assertThat(opened.openVerified(next).readAllBytes()).isEqualTo(state(SNAPSHOTS + 1));
      assertThat(storage.list()).noneMatch(name -> name.startsWith(SnapshotFiles.TEMPORARY));
    } catch (IOException failure) {
      throw new AssertionError("crash point " + image.crashPoint(), failure);
    }
  }

  @Test
  void a_confirmed_snapshot_is_there_whatever_a_power_loss_leaves() throws IOException {
    CrashImages images = images(worked(Faults.NONE));
    images.forEach(this::verify);
    Figures.write(
        "Crash points of snapshots of state machines",
        Figures.line("distinct images", images.distinct()),
        "by kind = " + images.counts());
    assertThat(images.distinct()).isGreaterThan(100);
  }

  @Test
  void a_disk_that_does_not_flush_or_sync_is_noticed_by_this_very_test() throws IOException {
    for (Call missing : List.of(Call.FLUSH, Call.SYNC_DIRECTORY)) {
      published.clear();
      givenUp.clear();
      TracedStorage storage = worked((call, number) -> call == missing ? Fate.CLAIMED : Fate.DONE);
      List<Throwable> noticed = new ArrayList<>();
      images(storage)
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
