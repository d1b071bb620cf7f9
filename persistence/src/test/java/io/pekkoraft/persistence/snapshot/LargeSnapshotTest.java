package io.pekkoraft.persistence.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pekkoraft.persistence.file.DirectoryStorage;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Snapshots are streamed, in chunks with a checksum each. With 1 GiB of content and 256 MiB of
 * heap: {@code mvn -pl persistence -Dtest=LargeSnapshotTest -Dsnapshot.mib=1024
 * -Dtest.heap=-Xmx256m test}.
 */
class LargeSnapshotTest {
  private static final int PIECE = 1 << 20;

  private static final String GOLDEN = "snapshot-0000000000000000007-9ee963d18c344ae3";

  @TempDir Path temp;

  private static byte[] piece(int number) {
    byte[] bytes = new byte[PIECE];
    new Random(number).nextBytes(bytes);
    return bytes;
  }

  private SnapshotFile write(SnapshotFiles files, int pieces, int more) throws IOException {
    try (SnapshotWriter writer = files.create(7)) {
      for (int i = 0; i < pieces; i++) {
        writer.stream().write(piece(i));
      }
      writer.stream().write(piece(pieces), 0, more);
      return writer.commit();
    }
  }

  @Test
  void a_snapshot_larger_than_the_heap_goes_in_and_out() throws IOException {
    int pieces = Integer.getInteger("snapshot.mib", 16);
    SnapshotFiles files = SnapshotFiles.open(DirectoryStorage.open(temp.resolve("snapshots")));
    SnapshotFile file = write(files, pieces, 5);
    assertThat(file.length()).isEqualTo((long) pieces * PIECE + 5);

    try (InputStream in = files.openVerified(file)) {
      for (int i = 0; i < pieces; i++) {
        assertThat(Arrays.equals(in.readNBytes(PIECE), piece(i))).as("piece %s", i).isTrue();
      }
      assertThat(in.readAllBytes()).hasSize(5);
    }
    long offset = (long) pieces * PIECE - 3;
    assertThat(files.readPart(file.name(), offset, 100)).hasSize(8);
    assertThat(files.readPart(file.name(), offset + 8, 100)).isEmpty();
  }

  @Test
  void a_part_is_sent_only_if_its_chunk_is_whole() throws IOException {
    SnapshotFiles files = SnapshotFiles.open(DirectoryStorage.open(temp.resolve("snapshots")));
    SnapshotFile file = write(files, 3, 0);
    Path path = temp.resolve("snapshots").resolve(file.name());
    flip(path, PIECE + 17);

    assertThat(files.readPart(file.name(), 0, PIECE)).isEqualTo(piece(0));
    assertThat(files.readPart(file.name(), 2L * PIECE, PIECE)).isEqualTo(piece(2));
    assertThatThrownBy(() -> files.readPart(file.name(), PIECE, 10))
        .isInstanceOf(SnapshotDamagedException.class)
        .hasMessageContaining("between its bytes " + PIECE);
  }

  @Test
  void a_damaged_snapshot_is_put_aside_and_the_message_says_what_to_do() throws IOException {
    SnapshotFiles files = SnapshotFiles.open(DirectoryStorage.open(temp.resolve("snapshots")));
    SnapshotFile file = write(files, 1, 0);
    Path path = temp.resolve("snapshots").resolve(file.name());
    flip(path, 5);
    for (int start = 0; start < 2; start++) {
      assertThatThrownBy(() -> files.openVerified(file))
          .isInstanceOf(SnapshotDamagedException.class)
          .hasMessageContaining("damaged")
          .hasMessageContaining("put the file back");
    }
    assertThat(path).doesNotExist();
    assertThat(path.resolveSibling(file.name() + ".damaged")).exists();
  }

  @Test
  void every_flipped_bit_of_the_checksums_is_found() throws IOException {
    SnapshotFiles files = SnapshotFiles.open(DirectoryStorage.open(temp.resolve("snapshots")));
    SnapshotFile file = write(files, 0, 1000);
    Path path = temp.resolve("snapshots").resolve(file.name());
    byte[] whole = Files.readAllBytes(path);
    for (int at = 1000; at < whole.length; at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= (byte) (1 << (at % 8));
      Files.write(path, damaged);
      assertThatThrownBy(() -> files.openVerified(file))
          .as("byte %s", at)
          .isInstanceOf(SnapshotDamagedException.class);
    }
  }

  @Test
  void a_file_of_the_version_before_is_read() throws IOException {
    SnapshotFiles files = SnapshotFiles.open(DirectoryStorage.open(temp.resolve("snapshots")));
    byte[] content = piece(1);
    String hash = HexFormat.of().formatHex(SnapshotFiles.sha256().digest(content));
    String name = "snapshot-0000000000000000007-" + hash.substring(0, 16);
    Files.write(temp.resolve("snapshots").resolve(name), content);
    SnapshotFile file = new SnapshotFile(name, content.length, hash);
    try (InputStream in = files.openVerified(file)) {
      assertThat(in.readAllBytes()).isEqualTo(content);
    }
    assertThat(files.readPart(name, PIECE - 3, 100)).hasSize(3);
  }

  @Test
  void the_trailer_is_that_of_the_document() {
    SnapshotTrailer trailer = new SnapshotTrailer(300_000, 256 << 10, new int[] {1, -2});
    assertThat(HexFormat.of().formatHex(trailer.encode()))
        .isEqualTo("00000001fffffffe5052534e41505452000000010004000000000000000493e0b5542a74");
  }

  /** The golden file was made by another program from the document alone. */
  @Test
  void the_bytes_of_version_1_are_those_of_the_golden_file() throws IOException {
    byte[] golden = golden();
    byte[] content = Arrays.copyOf(golden, (256 << 10) + 100);
    SnapshotFiles files = SnapshotFiles.open(DirectoryStorage.open(temp.resolve("snapshots")));
    SnapshotFile file;
    try (SnapshotWriter writer = files.create(7)) {
      writer.stream().write(content);
      file = writer.commit();
    }
    assertThat(file.name()).isEqualTo(GOLDEN);
    assertThat(Files.readAllBytes(temp.resolve("snapshots").resolve(GOLDEN))).isEqualTo(golden);
  }

  @Test
  void the_golden_file_of_version_1_stays_readable() throws IOException {
    byte[] golden = golden();
    byte[] content = Arrays.copyOf(golden, (256 << 10) + 100);
    SnapshotFiles files = SnapshotFiles.open(DirectoryStorage.open(temp.resolve("snapshots")));
    Files.write(temp.resolve("snapshots").resolve(GOLDEN), golden);
    String hash = HexFormat.of().formatHex(SnapshotFiles.sha256().digest(content));
    SnapshotFile file = new SnapshotFile(GOLDEN, content.length, hash);
    try (InputStream in = files.openVerified(file)) {
      assertThat(in.readAllBytes()).isEqualTo(content);
    }
    assertThat(files.readPart(GOLDEN, 256 << 10, 1000))
        .isEqualTo(Arrays.copyOfRange(content, 256 << 10, content.length));
  }

  private static byte[] golden() throws IOException {
    String name = "state-machine-snapshot-v1.golden";
    try (InputStream in = LargeSnapshotTest.class.getResourceAsStream(name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    }
  }

  private static void flip(Path path, long at) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.seek(at);
      int old = file.read();
      file.seek(at);
      file.write(old ^ 1);
    }
  }
}
