package io.pekkoraft.persistence.tool;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.persistence.file.DirectoryStorage;
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
            SampleLogs.SEGMENT, "offset 1536", "checksum", "log-tool dump", "from the others");
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
        .contains("file [store]", "is missing", "put it back from a copy")
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
    assertThat(missing.err()).contains(SampleLogs.SEGMENT, "all segments are missing");
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
    assertThat(run("verify", directory.toString()).code()).isEqualTo(LogTool.USAGE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "verify", "verify /nowhere", "wipe /tmp", "repair /tmp"})
  void a_wrong_command_line_gets_the_usage(String line) {
    Result result = run(line.isEmpty() ? new String[0] : line.split(" "));
    assertThat(result.code()).isEqualTo(LogTool.USAGE);
    assertThat(result.err()).contains("usage:");
  }

  @Test
  void a_data_directory_is_looked_at_in_all_its_parts() throws IOException {
    Path data = directory.resolve("data");
    Files.createDirectories(data.resolve("snapshot-descriptors"));
    Files.createDirectories(data.resolve("journal"));
    for (Map.Entry<String, byte[]> file : SampleLogs.intact().entrySet()) {
      Files.write(data.resolve("journal").resolve(file.getKey()), file.getValue());
    }
    String name = "0".repeat(32) + "-" + "0".repeat(16) + "-" + "0".repeat(16) + ".snapshot";
    Files.write(data.resolve("snapshot-descriptors").resolve(name), new byte[50]);
    Result result = run("verify", data.toString());
    assertThat(result.code()).isEqualTo(LogTool.DAMAGED);
    assertThat(result.out()).contains("no damage", name, "header is not valid");
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
