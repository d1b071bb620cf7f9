package io.pekkoraft.persistence.tool;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.persistence.file.DirectoryStorage;
import io.pekkoraft.persistence.file.DurableText;
import io.pekkoraft.persistence.file.Storage;
import io.pekkoraft.persistence.file.StorageFile;
import io.pekkoraft.persistence.wal.SampleLogs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an operator sees, and the exit code that a script sees. */
class LogToolTest {
  @TempDir Path directory;

  private record Result(int code, String out, String err) {}

  private static Result run(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        LogTool.run(args, new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8));
    return new Result(code, out.toString(UTF_8), err.toString(UTF_8));
  }

  private void lay(Map<String, byte[]> files) throws IOException {
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Files.write(directory.resolve(file.getKey()), file.getValue());
    }
  }

  private Map<String, Integer> hashes() throws IOException {
    Map<String, Integer> hashes = new HashMap<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        hashes.put(file.toString(), Arrays.hashCode(Files.readAllBytes(file)));
      }
    }
    return hashes;
  }

  /** A script must not take it for a torn write, which code 1 stands for. */
  @Test
  void what_can_be_no_directory_here_is_a_wrong_command() {
    Result result = run("verify", "da\0ta");
    assertThat(result.code()).isEqualTo(LogTool.USAGE);
    assertThat(result.err()).contains("can be no directory here", "LC_ALL");
  }

  @Test
  void an_intact_log_is_verified() throws IOException {
    lay(SampleLogs.intact());
    Result result = run("verify", directory.toString());
    assertThat(result.code()).isZero();
    assertThat(result.out()).contains("1 segments, 2 persistence ids, 2 live events, no damage");
  }

  @Test
  void damage_is_named_with_file_offset_cause_and_what_helps() throws IOException {
    lay(SampleLogs.damaged());
    Result result = run("verify", directory.toString());
    assertThat(result.code()).isEqualTo(LogTool.DAMAGED);
    assertThat(result.err())
        .contains(
            directory.resolve(SampleLogs.SEGMENT) + "], offset 1536: the checksum",
            "refuses those of whom events may be lost",
            "1 of [a]",
            "put back from another member",
            "log-tool dump " + directory);
  }

  @Test
  void what_a_start_found_lost_is_still_told_and_is_no_success() throws IOException {
    lay(SampleLogs.salvaged());
    Result result = run("verify", directory.toString());
    assertThat(result.code()).isEqualTo(LogTool.DAMAGED);
    assertThat(result.out()).contains("lost to damage that was met before: ", "NEEDS_REPAIR");
    Result dump = run("dump", directory.toString());
    assertThat(dump.out()).contains("\"type\":\"lost\",\"persistenceId\":", "\"from\":");
  }

  @Test
  void a_torn_tail_is_told_apart_from_damage_and_cut_off_on_demand() throws IOException {
    lay(SampleLogs.torn());
    Map<String, Integer> before = hashes();
    Result verified = run("verify", directory.toString());
    assertThat(verified.code()).isEqualTo(LogTool.TORN);
    assertThat(verified.out()).contains("never acknowledged", "repair --torn-tail");
    assertThat(hashes()).isEqualTo(before);

    assertThat(run("repair", "--torn-tail", directory.toString()).code()).isZero();
    assertThat(run("verify", directory.toString()).code()).isZero();
    Result again = run("repair", "--torn-tail", directory.toString());
    assertThat(again.code()).isZero();
    assertThat(again.out()).contains("nothing to repair");
  }

  @Test
  void damage_is_never_repaired_as_if_it_were_torn() throws IOException {
    lay(SampleLogs.damaged());
    Map<String, Integer> before = hashes();
    assertThat(run("repair", "--torn-tail", directory.toString()).code())
        .isEqualTo(LogTool.DAMAGED);
    assertThat(hashes()).isEqualTo(before);
  }

  @Test
  void a_dump_is_one_json_object_a_line() throws IOException {
    lay(SampleLogs.intact());
    Result result = run("dump", directory.toString());
    assertThat(result.code()).isZero();
    assertThat(result.out().lines()).allMatch(line -> line.startsWith("{") && line.endsWith("}"));
    assertThat(result.out())
        .contains("\"kind\":\"opening\"", "\"kind\":\"mark\"")
        .contains("\"type\":\"deletion\",\"persistenceId\":\"a\",\"deletedTo\":1")
        .contains("\"type\":\"event\",\"persistenceId\":\"b\",\"sequenceNr\":1");
  }

  @Test
  void a_dump_shows_what_stands_before_the_damage() throws IOException {
    lay(SampleLogs.damaged());
    Result result = run("dump", directory.toString());
    assertThat(result.code()).isEqualTo(LogTool.DAMAGED);
    assertThat(result.out()).contains("\"kind\":\"opening\"", "{\"damage\":");
  }

  @Test
  void stats_tell_what_each_id_takes() throws IOException {
    lay(SampleLogs.intact());
    Result result = run("stats", directory.toString());
    assertThat(result.code()).isZero();
    assertThat(result.out())
        .contains("\"segment\":\"" + SampleLogs.SEGMENT + "\"")
        .contains("\"persistenceId\":\"a\",\"highest\":2,\"deletedTo\":1,\"events\":1");
  }

  @Test
  void a_directory_in_use_is_refused() throws IOException {
    lay(SampleLogs.intact());
    try (DirectoryStorage open = DirectoryStorage.open(directory)) {
      Result result = run("verify", open.describe());
      assertThat(result.code()).isEqualTo(LogTool.IN_USE);
      assertThat(result.err()).contains("in use", "copy");
    }
  }

  @Test
  void a_later_format_is_refused_by_its_version() throws IOException {
    lay(SampleLogs.newer());
    Result result = run("verify", directory.toString());
    assertThat(result.code()).isEqualTo(LogTool.NEWER_FORMAT);
    assertThat(result.err()).contains("version 3");
  }

  @Test
  void without_its_store_file_a_log_is_not_opened_and_the_advice_says_so() throws IOException {
    Map<String, byte[]> files = SampleLogs.intact();
    files.remove("store");
    lay(files);
    Result result = run("verify", directory.toString());
    assertThat(result.code()).isEqualTo(LogTool.DAMAGED);
    assertThat(result.err())
        .contains("/store], offset 0: the store file is missing", "put it back from a copy")
        .contains("No start opens such a log")
        .doesNotContain("The next start serves");
  }

  @Test
  void a_missing_and_a_shortened_segment_are_named() throws IOException {
    Map<String, byte[]> files = SampleLogs.intact();
    byte[] whole = Objects.requireNonNull(files.get(SampleLogs.SEGMENT));
    files.put(SampleLogs.SEGMENT, Arrays.copyOf(whole, whole.length / 2));
    lay(files);
    Result shortened = run("verify", directory.toString());
    assertThat(shortened.code()).isEqualTo(LogTool.DAMAGED);
    assertThat(shortened.err())
        .contains(SampleLogs.SEGMENT, whole.length / 2 + " bytes instead of " + whole.length);
    Files.delete(directory.resolve(SampleLogs.SEGMENT));
    Result missing = run("verify", directory.toString());
    assertThat(missing.code()).isEqualTo(LogTool.DAMAGED);
    assertThat(missing.err())
        .contains(SampleLogs.SEGMENT, "all segments are missing", "No start opens such a log");
  }

  @Test
  void a_directory_of_somebody_else_is_refused() throws IOException {
    lay(Map.of("letter.txt", new byte[] {1}));
    Result result = run("dump", directory.toString());
    assertThat(result.code()).isEqualTo(LogTool.USAGE);
    assertThat(result.err()).contains("letter.txt", "journal");
  }

  @Test
  void an_empty_directory_is_refused() {
    Result result = run("verify", directory.toString());
    assertThat(result.code()).isEqualTo(LogTool.USAGE);
    assertThat(result.err()).contains("holds no files", "data directory");
  }

  @Test
  void a_directory_of_several_nodes_directories_is_refused_and_they_are_named() throws IOException {
    for (String node : List.of("b", "a")) {
      Files.createDirectories(directory.resolve(node).resolve("journal"));
    }
    Result result = run("verify", directory.toString());
    assertThat(result.code()).isEqualTo(LogTool.USAGE);
    assertThat(result.err())
        .contains("Data directories below it: " + directory.resolve("a") + ", ")
        .contains(directory.resolve("b").toString());
  }

  @Test
  void an_unknown_command_is_named() {
    assertThat(run("frob", directory.toString()).err()).contains("unknown command 'frob'");
  }

  @Test
  void a_path_that_is_no_directory_is_named_with_what_it_is() throws IOException {
    Result nothing = run("verify", directory.resolve("nothing").toString());
    assertThat(nothing.code()).isEqualTo(LogTool.USAGE);
    assertThat(nothing.err()).contains("nothing] does not exist");
    lay(SampleLogs.intact());
    Result file = run("verify", directory.resolve(SampleLogs.SEGMENT).toString());
    assertThat(file.code()).isEqualTo(LogTool.USAGE);
    assertThat(file.err()).contains("is a file", "log-tool verify " + directory);
  }

  @Test
  void a_segment_behind_a_link_is_not_called_missing() throws IOException {
    lay(SampleLogs.intact());
    Path segment = directory.resolve(SampleLogs.SEGMENT);
    Path elsewhere = directory.resolveSibling(directory.getFileName() + "-elsewhere.wal");
    Files.move(segment, elsewhere);
    try {
      Files.createSymbolicLink(segment, elsewhere);
      for (String command : List.of("verify", "dump", "stats")) {
        Result result = run(command, directory.toString());
        assertThat(result.code()).as(command).isEqualTo(LogTool.IO_ERROR);
        assertThat(result.err())
            .contains(segment + "] is a symbolic link to [" + elsewhere, "A start refuses it")
            .doesNotContain("missing");
      }
    } finally {
      Files.delete(elsewhere);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"journal", "snapshot-descriptors", ""})
  void a_link_in_the_place_of_a_directory_is_refused_as_by_a_start(String name) throws IOException {
    Path data = dataDirectory();
    Path linked = data.resolve(name);
    Path real = directory.resolve("real");
    Files.move(linked, real);
    Files.createSymbolicLink(linked, real);
    Result result = run("verify", data.toString());
    assertThat(result.code()).isEqualTo(LogTool.IO_ERROR);
    assertThat(result.err())
        .contains(linked + "] is a symbolic link to [" + real, "A start refuses it");
    assertThat(run("verify", real.toString()).code()).isNotEqualTo(LogTool.IO_ERROR);
  }

  @Test
  void a_file_in_the_place_of_the_journal_is_no_success() throws IOException {
    Path data = Files.createDirectories(directory.resolve("data"));
    Files.writeString(data.resolve("journal"), "letter");
    Result result = run("verify", data.toString());
    assertThat(result.code()).isEqualTo(LogTool.IO_ERROR);
    assertThat(result.err()).contains("journal] is not a directory");
  }

  private static void identify(Path data) throws IOException {
    try (Storage files = DirectoryStorage.open(data)) {
      DurableText.replace(files, "IDENTITY", "pekko-raft data directory, format 1\n");
    }
  }

  @Test
  void an_identity_file_that_a_start_would_not_read_is_named() throws IOException {
    Path data = dataDirectory();
    Path identity = data.resolve("IDENTITY");
    Result without = run("verify", data.toString());
    assertThat(without.out()).contains(identity + "] is not there", "a start refuses it");
    identify(data);
    Result whole = run("verify", data.toString());
    assertThat(whole.code()).isZero();
    assertThat(whole.out()).doesNotContain("IDENTITY");
    byte[] bytes = Files.readAllBytes(identity);
    bytes[3] ^= 1;
    Files.write(identity, bytes);
    Result damaged = run("verify", data.toString());
    assertThat(damaged.code()).isEqualTo(LogTool.DAMAGED);
    assertThat(damaged.err()).contains(identity + "] is damaged: its checksum does not fit");
  }

  @Test
  void a_lost_journal_is_no_success_once_a_group_was_started() throws IOException {
    Path data = Files.createDirectories(directory.resolve("data"));
    identify(data);
    Result fresh = run("verify", data.toString());
    assertThat(fresh.code()).isZero();
    assertThat(fresh.out()).contains("no group was started here");
    assertThat(run("dump", data.toString()).out()).isEmpty();
    Files.createDirectories(data.resolve("group-kv"));
    Files.createFile(data.resolve("group-kv/STARTED"));
    for (int i = 0; i < 2; i++) {
      Result lost = run("verify", data.toString());
      assertThat(lost.code()).isEqualTo(LogTool.DAMAGED);
      assertThat(lost.err())
          .contains("journal] holds no log of a group", "group-kv/STARTED", "NEEDS_READMISSION");
      Files.createDirectories(data.resolve("journal"));
    }
  }

  @Test
  void stats_and_dump_tell_of_a_torn_tail_and_of_what_is_lost_as_verify_does() throws IOException {
    lay(SampleLogs.torn());
    for (String command : List.of("stats", "dump")) {
      Result torn = run(command, directory.toString());
      assertThat(torn.code()).isEqualTo(LogTool.TORN);
      assertThat(torn.out().lines()).allMatch(line -> line.startsWith("{"));
      assertThat(torn.err()).contains("never acknowledged", "repair --torn-tail " + directory);
    }
    Files.delete(directory.resolve(SampleLogs.SEGMENT));
    lay(SampleLogs.salvaged());
    for (String command : List.of("stats", "dump")) {
      Result lost = run(command, directory.toString());
      assertThat(lost.code()).isEqualTo(LogTool.DAMAGED);
      assertThat(lost.err()).contains("lost to damage that was met before");
    }
  }

  @Test
  void of_a_file_that_was_cut_a_dump_shows_what_is_left() throws IOException {
    Map<String, byte[]> files = SampleLogs.intact();
    byte[] whole = Objects.requireNonNull(files.get(SampleLogs.SEGMENT));
    files.put(SampleLogs.SEGMENT, Arrays.copyOf(whole, 2560));
    lay(files);
    Result result = run("dump", directory.toString());
    assertThat(result.code()).isEqualTo(LogTool.DAMAGED);
    assertThat(result.out()).contains("\"persistenceId\":\"a\",\"sequenceNr\":1");
    assertThat(result.err())
        .contains(
            "2560 bytes instead of " + whole.length,
            "1 of [b]",
            "of ids that the log does not know")
        .doesNotContain("log-tool dump");
  }

  @Test
  void damage_by_which_no_event_is_lost_is_told_apart() throws IOException {
    Map<String, byte[]> files = SampleLogs.intact();
    Objects.requireNonNull(files.get(SampleLogs.SEGMENT))[511] = 1;
    lay(files);
    Result result = run("verify", directory.toString());
    assertThat(result.code()).isEqualTo(LogTool.DAMAGED);
    assertThat(result.err()).contains("offset 0: the segment header", "No event is lost by it");
  }

  private Path dataDirectory() throws IOException {
    Path data = directory.resolve("data");
    Files.createDirectories(data.resolve("snapshot-descriptors"));
    Files.createDirectories(data.resolve("journal"));
    for (Map.Entry<String, byte[]> file : SampleLogs.intact().entrySet()) {
      Files.write(data.resolve("journal").resolve(file.getKey()), file.getValue());
    }
    return data;
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "verify", "verify /tmp /tmp", "wipe /tmp", "repair /tmp"})
  void a_wrong_command_line_gets_the_usage(String line) {
    Result result = run(line.isEmpty() ? new String[0] : line.split(" "));
    assertThat(result.code()).isEqualTo(LogTool.USAGE);
    assertThat(result.err()).contains("usage:");
  }

  @Test
  void a_data_directory_is_looked_at_in_all_its_parts() throws IOException {
    Path data = dataDirectory();
    String name = "0".repeat(32) + "-" + "0".repeat(16) + "-" + "0".repeat(16) + ".snapshot";
    Files.write(data.resolve("snapshot-descriptors").resolve(name), new byte[50]);
    Result result = run("verify", data.toString());
    assertThat(result.code()).isEqualTo(LogTool.DAMAGED);
    assertThat(result.out()).contains("no damage", "1 of them damaged");
    assertThat(result.err()).contains(name, "header is not valid", "an older one");
  }

  @Test
  void looking_at_a_directory_creates_nothing_in_it() throws IOException {
    lay(SampleLogs.intact());
    Map<String, Integer> before = hashes();
    for (String command : List.of("verify", "dump", "stats")) {
      assertThat(run(command, directory.toString()).code()).isZero();
    }
    assertThat(hashes()).isEqualTo(before);
    try (Storage storage = DirectoryStorage.openExisting(directory);
        StorageFile file = storage.openForReading(SampleLogs.SEGMENT)) {
      assertThat(file.size()).isPositive();
    }
  }
}
