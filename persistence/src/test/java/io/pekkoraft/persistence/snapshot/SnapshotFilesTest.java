package io.pekkoraft.persistence.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pekkoraft.persistence.file.DirectoryStorage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotFilesTest {
  private static final byte[] STATE = "the whole state".getBytes(StandardCharsets.UTF_8);

  @TempDir Path temp;

  private @Nullable SnapshotFiles opened;

  /** As after a restart of the process. */
  private SnapshotFiles open() throws IOException {
    if (opened != null) {
      opened.close();
    }
    opened = SnapshotFiles.open(DirectoryStorage.open(temp.resolve("snapshots")));
    return opened;
  }

  @AfterEach
  void close() throws IOException {
    if (opened != null) {
      opened.close();
    }
  }

  private static SnapshotFile write(SnapshotFiles files, long index) throws IOException {
    try (SnapshotWriter writer = files.create(index)) {
      writer.stream().write(STATE);
      return writer.commit();
    }
  }

  private static byte[] read(SnapshotFiles files, SnapshotFile file) throws IOException {
    try (InputStream in = files.openVerified(file)) {
      return in.readAllBytes();
    }
  }

  @Test
  void what_was_committed_is_read_back_after_a_restart() throws IOException {
    SnapshotFile file = write(open(), 7);
    assertThat(read(open(), file)).isEqualTo(STATE);
    assertThat(file.length()).isEqualTo(STATE.length);
  }

  /** Written by the code as it was before there were trailers. */
  @Test
  void a_file_of_the_version_before_is_read_sent_and_checked() throws IOException {
    byte[] content = golden("state-machine-snapshot-v0.golden");
    String hash = "7b7ad981b252d98836d74f0476a371e5307ed1854651ab9d896c41c526cc486d";
    SnapshotFile old =
        new SnapshotFile("snapshot-0000000000000000042-7b7ad981b252d988", content.length, hash);
    open();
    Path path = temp.resolve("snapshots").resolve(old.name());
    Files.write(path, content);
    SnapshotFiles files = open();
    assertThat(read(files, old)).isEqualTo(content);
    assertThat(files.readPart(old.name(), 1800, 1000))
        .isEqualTo(Arrays.copyOfRange(content, 1800, content.length));
    assertThat(files.readPart(old.name(), content.length, 1000)).isEmpty();

    content[1000] ^= 1;
    Files.write(path, content);
    assertThatThrownBy(() -> files.openVerified(old))
        .isInstanceOf(SnapshotDamagedException.class)
        .hasMessageContaining("damaged");
  }

  private static byte[] golden(String name) throws IOException {
    try (InputStream in = SnapshotFilesTest.class.getResourceAsStream(name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    }
  }

  @Test
  void what_was_not_committed_is_gone_after_a_restart() throws IOException {
    SnapshotWriter writer = open().create(7);
    writer.stream().write(STATE);
    writer.stream().flush();
    open();
    try (var left = Files.list(temp.resolve("snapshots"))) {
      assertThat(left).noneMatch(path -> path.toString().contains("temporary"));
    }
  }

  @Test
  void a_flipped_bit_is_found_before_a_byte_is_given_out() throws IOException {
    SnapshotFiles files = open();
    SnapshotFile file = write(files, 7);
    Path path = temp.resolve("snapshots").resolve(file.name());
    byte[] bytes = Files.readAllBytes(path);
    bytes[3] ^= 1;
    Files.write(path, bytes);
    assertThatThrownBy(() -> files.openVerified(file))
        .isInstanceOf(SnapshotDamagedException.class)
        .hasMessageContaining("damaged");
  }

  @Test
  void a_file_of_a_later_version_is_refused_and_stays() throws IOException {
    SnapshotFiles files = open();
    SnapshotFile file = write(files, 7);
    Path path = temp.resolve("snapshots").resolve(file.name());
    byte[] bytes = Files.readAllBytes(path);
    int trailer = bytes.length - 28;
    bytes[trailer + 11] = 2;
    int content = STATE.length;
    int crc = SnapshotTrailer.crc(bytes, content, bytes.length - 4 - content);
    ByteBuffer.wrap(bytes).putInt(bytes.length - 4, crc);
    Files.write(path, bytes);
    assertThatThrownBy(() -> files.openVerified(file))
        .isInstanceOf(UnsupportedSnapshotVersionException.class)
        .hasMessageContaining(file.name() + ": format version 2, this library reads up to");
    assertThat(path).hasBinaryContent(bytes);
  }

  @Test
  void a_missing_file_is_named() throws IOException {
    SnapshotFiles files = open();
    SnapshotFile file = write(files, 7);
    files.deleteBefore(8);
    assertThatThrownBy(() -> files.openVerified(file))
        .isInstanceOf(SnapshotDamagedException.class)
        .hasMessageContaining("missing");
    assertThat(files.readPart(file.name(), 0, 10)).isEmpty();
  }

  @Test
  void parts_are_read_and_received_whole() throws IOException {
    SnapshotFiles files = open();
    SnapshotFile file = write(files, 7);
    SnapshotFiles other = SnapshotFiles.open(DirectoryStorage.open(temp.resolve("other")));
    try (SnapshotWriter receiver = other.receive(7)) {
      for (long at = 0; at < file.length(); at = receiver.length()) {
        receiver.stream().write(files.readPart(file.name(), at, 4));
      }
      SnapshotFile received = receiver.commit(file.length(), file.contentHash());
      assertThat(read(other, received)).isEqualTo(STATE);
    }
  }

  @Test
  void a_received_snapshot_that_is_not_what_was_announced_is_refused() throws IOException {
    SnapshotFiles files = open();
    SnapshotFile file = write(files, 7);
    try (SnapshotWriter receiver = files.receive(7)) {
      receiver.stream().write(new byte[STATE.length]);
      assertThatThrownBy(() -> receiver.commit(file.length(), file.contentHash()))
          .isInstanceOf(SnapshotDamagedException.class)
          .hasMessageContaining("announced");
    }
  }

  @Test
  void names_cannot_leave_the_directory() throws IOException {
    SnapshotFiles files = open();
    assertThatThrownBy(() -> files.readPart("../secret", 0, 10))
        .isInstanceOf(SnapshotDamagedException.class);
    assertThatThrownBy(() -> files.readPart("snapshot-/../../secret", 0, 10))
        .isInstanceOf(SnapshotDamagedException.class);
  }

  @Test
  void files_are_private_and_a_symbolic_link_is_refused() throws IOException {
    SnapshotFile file = write(open(), 7);
    Path directory = temp.resolve("snapshots");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
        .isEqualTo("rwx------");
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(directory.resolve(file.name()))))
        .isEqualTo("rw-------");
    Path link = Files.createSymbolicLink(temp.resolve("link"), directory);
    assertThatThrownBy(() -> SnapshotFiles.open(DirectoryStorage.open(link)))
        .hasMessageContaining("symbolic link");
  }

  @Test
  void only_snapshots_that_end_before_an_index_are_removed() throws IOException {
    SnapshotFiles files = open();
    SnapshotFile old = write(files, 9);
    SnapshotFile kept = write(files, 10);
    SnapshotFile later = write(files, 100);
    files.deleteBefore(10);
    assertThat(files.readPart(old.name(), 0, 1)).isEmpty();
    assertThat(files.readPart(kept.name(), 0, 1)).hasSize(1);
    assertThat(files.readPart(later.name(), 0, 1)).hasSize(1);
  }
}
