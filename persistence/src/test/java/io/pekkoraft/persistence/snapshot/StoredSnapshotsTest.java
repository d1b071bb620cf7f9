package io.pekkoraft.persistence.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pekkoraft.persistence.Allocation;
import io.pekkoraft.persistence.file.DirectoryStorage;
import io.pekkoraft.persistence.file.LinkRefusedException;
import io.pekkoraft.persistence.file.MemoryStorage;
import io.pekkoraft.persistence.file.TracedStorage;
import io.pekkoraft.persistence.file.TracedStorage.Call;
import io.pekkoraft.persistence.file.TracedStorage.Fate;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredSnapshotsTest {
  @TempDir Path directory;
  private final MemoryStorage storage = new MemoryStorage();
  private StoredSnapshots snapshots = open(storage);

  @BeforeEach
  void reopen() {
    snapshots = open(storage);
  }

  private static StoredSnapshots open(MemoryStorage storage) {
    try {
      return StoredSnapshots.open(storage);
    } catch (IOException failure) {
      throw new AssertionError(failure);
    }
  }

  private static StoredObject snapshot(String id, long sequenceNr, String text) {
    return new StoredObject(
        id,
        sequenceNr,
        1000 + sequenceNr,
        new StoredObject.Serialized(3, "manifest", text.getBytes(UTF_8)),
        new StoredObject.Serialized(4, "", new byte[] {9}));
  }

  private static String text(StoredObject snapshot) {
    return new String(snapshot.object().bytes(), UTF_8);
  }

  @Test
  void a_saved_snapshot_survives_a_power_loss() throws IOException {
    snapshots.save(snapshot("a", 5, "five"));
    StoredSnapshots after = open(MemoryStorage.of(storage.durable()));
    List<StoredName> found = after.find("a");
    assertThat(found).hasSize(1);
    assertThat(after.load("a", found.get(0)))
        .usingRecursiveComparison()
        .isEqualTo(snapshot("a", 5, "five"));
  }

  @Test
  void a_file_has_its_name_only_when_it_is_durable() throws IOException {
    snapshots.save(snapshot("a", 5, "five"));
    assertThat(storage.calls()).hasSize(3);
    assertThat(storage.calls().get(0)).startsWith("flush").endsWith(".tmp");
    assertThat(storage.calls().get(1)).startsWith("rename").endsWith(".snapshot");
    assertThat(storage.calls().get(2)).isEqualTo("sync");
  }

  @Test
  void several_are_kept_newest_first() throws IOException {
    snapshots.save(snapshot("a", 5, "five"));
    snapshots.save(snapshot("a", 30, "thirty"));
    snapshots.save(snapshot("b", 40, "other"));
    assertThat(snapshots.find("a")).extracting(StoredName::sequenceNr).containsExactly(30L, 5L);
  }

  @Test
  void one_of_the_same_number_is_replaced() throws IOException {
    snapshots.save(snapshot("a", 5, "five"));
    StoredObject later =
        new StoredObject(
            "a", 5, 9999, new StoredObject.Serialized(3, "", "new".getBytes(UTF_8)), null);
    snapshots.save(later);
    List<StoredName> found = snapshots.find("a");
    assertThat(found).hasSize(1);
    assertThat(text(snapshots.load("a", found.get(0)))).isEqualTo("new");
  }

  @Test
  void a_failed_save_keeps_the_older_one() throws IOException {
    snapshots.save(snapshot("a", 5, "five"));
    storage.failFlushAfter(0);
    assertThatThrownBy(() -> snapshots.save(snapshot("a", 6, "six")))
        .isInstanceOf(SnapshotStorageException.class)
        .hasMessageContaining("injected");
    assertThat(snapshots.find("a")).extracting(StoredName::sequenceNr).containsExactly(5L);
    assertThat(open(storage).find("a")).hasSize(1);
    assertThat(storage.list()).hasSize(1);
  }

  @Test
  void a_save_that_fails_again_and_again_leaves_no_files() {
    for (int retry = 0; retry < 5; retry++) {
      storage.failFlushAfter(0);
      assertThatThrownBy(() -> snapshots.save(snapshot("a", 6, "six")))
          .isInstanceOf(SnapshotStorageException.class);
    }
    assertThat(storage.list()).isEmpty();
  }

  @Test
  void that_an_unfinished_file_cannot_be_deleted_does_not_hide_why_it_is_unfinished()
      throws IOException {
    TracedStorage failing =
        TracedStorage.empty()
            .with(
                (call, number) ->
                    call == Call.WRITE || call == Call.DELETE ? Fate.FAILED : Fate.DONE);
    try (StoredSnapshots stored = StoredSnapshots.open(failing)) {
      assertThatThrownBy(() -> stored.save(snapshot("a", 6, "six")))
          .isInstanceOf(SnapshotStorageException.class)
          .cause()
          .hasMessageContaining("WRITE")
          .satisfies(cause -> assertThat(cause.getSuppressed()).hasSize(1));
    }
  }

  @Test
  void no_persistence_id_reaches_outside_the_directory() throws IOException {
    for (String id : new String[] {"../../x", "/etc/passwd", "a\0b", "ä".repeat(400), ""}) {
      snapshots.save(snapshot(id, 1, id));
      assertThat(text(snapshots.load(id, snapshots.find(id).get(0)))).isEqualTo(id);
    }
    assertThat(storage.list()).allMatch(name -> name.matches("[0-9a-f-]+\\.snapshot"));
  }

  @Test
  void a_damaged_snapshot_is_put_aside() throws IOException {
    snapshots.save(snapshot("a", 5, "five"));
    snapshots.save(snapshot("a", 6, "six"));
    StoredName newest = snapshots.find("a").get(0);
    Map<String, byte[]> files = new HashMap<>(storage.durable());
    byte[] bytes = Objects.requireNonNull(files.get(newest.file()));
    bytes[60] ^= 1;
    MemoryStorage damaged = MemoryStorage.of(files);
    StoredSnapshots reopened = open(damaged);

    assertThatThrownBy(() -> reopened.load("a", newest))
        .isInstanceOf(SnapshotDamagedException.class)
        .hasMessageContaining(newest.file());
    assertThat(damaged.list()).contains(newest.file() + ".damaged").doesNotContain(newest.file());
    List<StoredName> left = reopened.find("a");
    assertThat(left.get(0).damaged()).isTrue();
    assertThat(text(reopened.load("a", left.get(1)))).isEqualTo("five");
  }

  @Test
  void one_of_a_later_version_is_refused_and_stays() throws IOException {
    snapshots.save(snapshot("a", 5, "five"));
    String name = storage.list().get(0);
    Map<String, byte[]> files = new HashMap<>(storage.durable());
    ByteBuffer bytes = ByteBuffer.wrap(Objects.requireNonNull(files.get(name)));
    bytes.putInt(8, 3).putInt(40, SnapshotTrailer.crc(bytes.array(), 0, 40));
    MemoryStorage upgraded = MemoryStorage.of(files);
    StoredSnapshots after = open(upgraded);
    assertThatThrownBy(() -> after.load("a", after.find("a").get(0)))
        .isInstanceOf(UnsupportedSnapshotVersionException.class)
        .hasMessageContaining(name + ": format version 3");
    assertThat(upgraded.list()).containsExactly(name);
  }

  @Test
  void mutated_files_are_recognised() throws IOException {
    snapshots.save(snapshot("a", 5, "text".repeat(50)));
    StoredName name = snapshots.find("a").get(0);
    byte[] original = Objects.requireNonNull(storage.durable().get(name.file()));
    Random random = new Random(5);
    for (int round = 0; round < 2000; round++) {
      byte[] mutated = original.clone();
      int at = random.nextInt(mutated.length);
      mutated[at] ^= (byte) (1 + random.nextInt(255));
      byte[] file = round % 4 == 0 ? Arrays.copyOf(mutated, at) : mutated;
      StoredSnapshots reopened = open(MemoryStorage.of(Map.of(name.file(), file)));
      assertThatThrownBy(() -> reopened.load("a", name))
          .isInstanceOf(SnapshotDamagedException.class);
    }
  }

  @Test
  void a_snapshot_of_many_chunks_comes_back_and_a_flipped_bit_is_found_in_its_chunk()
      throws IOException {
    String large = "0123456789abcdef".repeat(100_000);
    snapshots.save(snapshot("a", 5, large));
    StoredName name = snapshots.find("a").get(0);
    assertThat(text(snapshots.load("a", name))).isEqualTo(large);
    byte[] file = Objects.requireNonNull(storage.durable().get(name.file())).clone();
    file[44 + 3 * (256 << 10) + 17] ^= 1;
    StoredSnapshots damaged = open(MemoryStorage.of(Map.of(name.file(), file)));
    assertThatThrownBy(() -> damaged.load("a", name))
        .isInstanceOf(SnapshotDamagedException.class)
        .hasMessageContaining("its bytes 786476 to 1048620 are not as written");
  }

  @Test
  void saving_and_loading_take_no_second_copy_of_the_bytes() throws IOException {
    int size = 32 << 20;
    StoredObject large =
        new StoredObject("a", 5, 1, new StoredObject.Serialized(3, "m", new byte[size]), null);
    try (StoredSnapshots real =
        StoredSnapshots.open(DirectoryStorage.open(directory.resolve("snapshots")))) {
      Allocation saving = new Allocation();
      real.save(large);
      assertThat(saving.bytes()).isLessThan(2 << 20);
      Allocation loading = new Allocation();
      StoredObject loaded = real.load("a", real.find("a").get(0));
      assertThat(loading.bytes()).isLessThan(size + (2 << 20));
      assertThat(loaded.object().bytes()).hasSize(size);
    }
  }

  @Test
  void the_bytes_of_version_2_are_those_of_the_golden_file_and_version_1_is_read()
      throws IOException {
    StoredObject sample =
        new StoredObject(
            "pekko-raft|c|g|n",
            17,
            1234567890123L,
            new StoredObject.Serialized(1746203915, "raft", "payload".getBytes(UTF_8)),
            new StoredObject.Serialized(-5, "m", new byte[] {1, 2}));
    snapshots.save(sample);
    StoredName name = snapshots.find("pekko-raft|c|g|n").get(0);
    byte[] written = Objects.requireNonNull(storage.durable().get(name.file()));
    assertThat(HexFormat.of().formatHex(written) + "\n")
        .isEqualTo(resource("stored-snapshot-v2.golden"));

    byte[] before = HexFormat.of().parseHex(resource("stored-snapshot-v1.golden").strip());
    StoredSnapshots old = open(MemoryStorage.of(Map.of(name.file(), before)));
    assertThat(old.load("pekko-raft|c|g|n", name)).usingRecursiveComparison().isEqualTo(sample);
    before[60] ^= 1;
    StoredSnapshots damaged = open(MemoryStorage.of(Map.of(name.file(), before)));
    assertThatThrownBy(() -> damaged.load("pekko-raft|c|g|n", name))
        .isInstanceOf(SnapshotDamagedException.class);
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = StoredSnapshotsTest.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), UTF_8);
    }
  }

  @Test
  void a_directory_that_is_refused_is_given_up_so_that_it_can_be_opened_when_it_is_mended()
      throws IOException {
    Path link = directory.resolve("link");
    Files.createSymbolicLink(link, directory);
    assertThatThrownBy(() -> StoredSnapshots.open(DirectoryStorage.open(directory)))
        .isInstanceOf(LinkRefusedException.class);

    Files.delete(link);
    try (StoredSnapshots opened = StoredSnapshots.open(DirectoryStorage.open(directory))) {
      assertThat(opened.find("a")).isEmpty();
    }
  }

  @Test
  void what_a_crash_left_unfinished_is_removed() {
    MemoryStorage left = MemoryStorage.of(Map.of("x.snapshot.1.tmp", new byte[] {1}));
    assertThat(open(left)).isNotNull();
    assertThat(left.list()).isEmpty();
  }
}
