package io.pekkoraft.persistence.tool;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.log.Configuration;
import io.pekkoraft.log.LogPosition;
import io.pekkoraft.log.Member;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.log.SnapshotDescriptor;
import io.pekkoraft.persistence.SampleMember;
import io.pekkoraft.persistence.file.DirectoryStorage;
import io.pekkoraft.persistence.file.Storage;
import io.pekkoraft.persistence.wal.SampleLogs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tool on data directories of real members, whose parts have to fit each other. */
class LogToolSnapshotFilesTest {
  @TempDir static Path samples;
  private static String newest = "";

  @TempDir Path directory;
  private Path data = Path.of("");
  private Path snapshots = Path.of("");

  private record Result(int code, String out, String err) {}

  @BeforeAll
  static void writeTwoNodes() throws IOException, InterruptedException {
    newest = SampleMember.write(samples.resolve("a"), "a");
    SampleMember.write(samples.resolve("b"), "b");
  }

  @BeforeEach
  void copy() throws IOException {
    data = directory.resolve("data");
    copy(samples.resolve("a"), data);
    snapshots = data.resolve("group-orders/snapshots");
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }

  private static Result run(String command, Path directory) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        LogTool.run(
            new String[] {command, directory.toString()},
            new PrintStream(out, true, UTF_8),
            new PrintStream(err, true, UTF_8));
    return new Result(code, out.toString(UTF_8), err.toString(UTF_8));
  }

  private static void flip(Path file, int at) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[at < 0 ? bytes.length + at : at] ^= 1;
    Files.write(file, bytes);
  }

  private static void cut(Path file, int length) throws IOException {
    Files.write(file, Arrays.copyOf(Files.readAllBytes(file), length));
  }

  private void assertRefused(Result result, String... texts) {
    assertThat(result.code()).isEqualTo(LogTool.DAMAGED);
    assertThat(result.err()).contains(texts);
    assertThat(result.err()).contains("a start refuses the member", "Put it back from a copy");
  }

  @Test
  void the_snapshot_files_of_a_whole_member_are_looked_at() {
    Result verified = run("verify", data);
    assertThat(verified.err()).isEmpty();
    assertThat(verified.code()).isZero();
    assertThat(verified.out())
        .contains("snapshot files [" + snapshots + "]: 2, 0 of them damaged")
        .contains("[snapshot-0000000000000000003-")
        .contains("is not what a log goes on from");
    for (String command : List.of("dump", "stats")) {
      Result shown = run(command, data);
      assertThat(shown.code()).isZero();
      assertThat(shown.out().lines()).allMatch(line -> line.startsWith("{") && line.endsWith("}"));
      assertThat(shown.out())
          .contains("{\"file\":\"" + newest, "\"snapshotIndex\":7,\"snapshotBytes\":600000");
    }
  }

  @Test
  void a_flipped_bit_is_named_with_its_chunk_and_what_follows() throws IOException {
    flip(snapshots.resolve(newest), 300_000);
    for (String command : List.of("verify", "dump", "stats")) {
      assertRefused(
          run(command, data),
          snapshots.resolve(newest) + "], offset 262144: its bytes 262144 to 524288",
          SampleMember.persistenceId("a"));
    }
    assertThat(run("dump", data).out()).contains("\"offset\":262144,\"damage\":\"its bytes");
  }

  @Test
  void a_flipped_checksum_and_a_cut_file_are_named() throws IOException {
    flip(snapshots.resolve(newest), -30);
    assertRefused(run("verify", data), newest, "the checksums behind its content");
    cut(snapshots.resolve(newest), 400_000);
    assertRefused(run("verify", data), newest, "offset 0: no checksums stand behind its content");
  }

  @Test
  void a_missing_file_is_named_with_the_descriptor_that_needs_it() throws IOException {
    Files.move(snapshots.resolve(newest), snapshots.resolve(newest + ".damaged"));
    assertRefused(
        run("verify", data),
        snapshots.resolve(newest) + "] is missing (an earlier start has found it damaged",
        "[" + SampleMember.persistenceId("a") + "] goes on from it (index 7)");
    Files.delete(snapshots.resolve(newest + ".damaged"));
    assertRefused(run("verify", data), snapshots.resolve(newest) + "] is missing. The log");
    try (Stream<Path> files = Files.list(snapshots)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    assertRefused(run("verify", data), snapshots.resolve(newest) + "] is missing. The log");
    Files.delete(snapshots);
    assertRefused(run("verify", data), snapshots.resolve(newest) + "] is missing. The log");
    Files.delete(data.resolve("group-orders/STARTED"));
    Files.deleteIfExists(data.resolve("group-orders/lock"));
    Files.delete(data.resolve("group-orders"));
    assertRefused(run("verify", data), snapshots.resolve(newest) + "] is missing. The log");
  }

  @Test
  void another_snapshot_under_the_name_is_told_from_the_one_that_is_needed() throws IOException {
    Path older;
    try (Stream<Path> files = Files.list(snapshots)) {
      older = files.filter(f -> f.toString().contains("0003-")).findFirst().orElseThrow();
    }
    Files.copy(older, snapshots.resolve(newest), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertRefused(run("verify", data), newest, "its name does not fit its content");
  }

  @Test
  void a_file_that_is_not_what_its_descriptor_says_is_refused() throws IOException {
    Configuration one = new Configuration(List.of(new Member(NodeId.of("a"), 1, "")));
    SnapshotDescriptor other =
        new SnapshotDescriptor(new LogPosition(1, 7), 0, one, newest, 600_000, "ab");
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    try (Storage storage = DirectoryStorage.openExisting(snapshots)) {
      int code =
          new SnapshotFileCommands(
                  snapshots,
                  storage,
                  List.of(new NeededSnapshot("id", "orders", other)),
                  new PrintStream(new ByteArrayOutputStream(), true, UTF_8),
                  new PrintStream(err, true, UTF_8))
              .run("verify");
      assertThat(code).isEqualTo(LogTool.DAMAGED);
    }
    assertThat(err.toString(UTF_8)).contains(newest, "its descriptor says 600000 and ab");
  }

  @Test
  void damage_in_a_file_that_no_log_goes_on_from_refuses_nobody() throws IOException {
    try (Stream<Path> files = Files.list(snapshots)) {
      flip(files.filter(f -> f.toString().contains("0003-")).findFirst().orElseThrow(), 0);
    }
    Result result = run("verify", data);
    assertThat(result.code()).isEqualTo(LogTool.DAMAGED);
    assertThat(result.err())
        .contains("offset 0: its bytes 0 to 262144", "a start goes on without it")
        .doesNotContain("refuses");
  }

  @Test
  void left_overs_and_files_of_somebody_else_are_told_and_no_damage() throws IOException {
    Files.write(snapshots.resolve("temporary-own-9"), new byte[5]);
    Files.write(snapshots.resolve("letter.txt"), new byte[5]);
    Result result = run("verify", data);
    assertThat(result.code()).isZero();
    assertThat(result.out())
        .contains("[temporary-own-9] is a left-over of an unfinished snapshot")
        .contains("[letter.txt] is no file of pekko-raft");
    assertThat(run("dump", data).out())
        .contains("{\"file\":\"temporary-own-9\",\"size\":5,\"leftOver\":true}")
        .contains("{\"file\":\"letter.txt\",\"size\":5,\"foreign\":true}");
  }

  @Test
  void a_file_of_a_later_version_is_no_damage() throws IOException {
    Path file = snapshots.resolve(newest);
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 28 + 11] = 2;
    CRC32C crc = new CRC32C();
    int trailer = SampleMember.SNAPSHOT_BYTES;
    crc.update(bytes, trailer, bytes.length - 4 - trailer);
    ByteBuffer.wrap(bytes).putInt(bytes.length - 4, (int) crc.getValue());
    Files.write(file, bytes);
    Result result = run("verify", data);
    assertThat(result.code()).isEqualTo(LogTool.NEWER_FORMAT);
    assertThat(result.err()).contains(newest, "format version 2", "use the version that wrote it");
  }

  @Test
  void a_directory_of_snapshot_files_is_looked_at_by_itself() throws IOException {
    assertThat(run("verify", snapshots).code()).isZero();
    flip(snapshots.resolve(newest), 0);
    Result result = run("verify", snapshots);
    assertThat(result.code()).isEqualTo(LogTool.DAMAGED);
    assertThat(result.err()).contains(newest, "when the tool looks at the whole data directory");
  }

  @Test
  void a_log_without_the_descriptor_that_it_goes_on_from_is_refused() throws IOException {
    Path descriptors = data.resolve("snapshot-descriptors");
    try (Stream<Path> files = Files.list(descriptors)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    for (int i = 0; i < 2; i++) {
      Result result = run("verify", data);
      assertThat(result.code()).isEqualTo(LogTool.DAMAGED);
      assertThat(result.err())
          .contains("refuses the member [" + SampleMember.persistenceId("a"))
          .contains("neither those before it nor a snapshot in their place")
          .contains("put snapshot-descriptors back", "pekko-raft.snapshot-plugin");
      Files.deleteIfExists(descriptors);
    }
  }

  /** A start makes a new log in the place of one that was lost, before it refuses the member. */
  @Test
  void a_new_log_in_the_place_of_a_lost_one_is_no_success() throws IOException {
    try (Stream<Path> files = Files.list(data.resolve("journal"))) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    SampleLogs.lay(data.resolve("journal"));
    Result result = run("verify", data);
    assertThat(result.code()).isEqualTo(LogTool.DAMAGED);
    assertThat(result.err())
        .contains("journal] holds no log of a group in which this node takes part (group-orders/ST")
        .contains("NEEDS_READMISSION");
  }

  /** Neither the log nor the mark beside it is left, but what only a member has. */
  @Test
  void snapshots_without_a_log_are_no_success() throws IOException {
    Files.delete(data.resolve("group-orders/STARTED"));
    Path log = data.resolve("journal");
    Files.move(log, directory.resolve("aside"));
    Path descriptors = data.resolve("snapshot-descriptors");
    Files.move(descriptors, directory.resolve("aside too"));
    for (int i = 0; i < 2; i++) {
      Result lost = run("verify", data);
      assertThat(lost.code()).isEqualTo(LogTool.DAMAGED);
      assertThat(lost.err())
          .contains("holds no log of a group in which this node takes part (group-orders/snapshots")
          .contains("NEEDS_READMISSION");
      SampleLogs.lay(Files.createDirectories(log));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"journal", "snapshot-descriptors"})
  void a_part_of_another_node_is_noticed(String part) throws IOException {
    Files.move(data.resolve(part), directory.resolve("aside"));
    copy(samples.resolve("b").resolve(part), data.resolve(part));
    String owner = part.equals("journal") ? "b" : "a";
    Result result = run("verify", data);
    assertThat(result.code()).isEqualTo(LogTool.DAMAGED);
    assertThat(result.err())
        .contains("refuses the member [" + SampleMember.persistenceId(owner))
        .contains("nor a snapshot in their place");
  }
}
