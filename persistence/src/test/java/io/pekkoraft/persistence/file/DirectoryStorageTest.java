package io.pekkoraft.persistence.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pekkoraft.persistence.tool.LogTool;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryStorageTest {
  @TempDir Path parent;

  private Path directory() {
    return parent.resolve("one/two");
  }

  /** Opens the directory named on its command line, in a process of its own. */
  static final class OtherProcess {
    public static void main(String[] arguments) throws IOException {
      Path directory = Path.of(arguments[0]);
      boolean look = arguments.length > 1;
      try (DirectoryStorage storage =
          look ? DirectoryStorage.openExisting(directory) : DirectoryStorage.open(directory)) {
        System.out.println("opened " + storage.describe());
      } catch (DirectoryInUseException refusal) {
        System.out.println("refused: " + refusal.getMessage());
      }
    }
  }

  private String openInOtherProcess(String... options) throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of(directory().toString()));
    arguments.addAll(List.of(options));
    return runInOtherProcess(OtherProcess.class, arguments).output();
  }

  private record Ended(int code, String output) {}

  private static Ended runInOtherProcess(Class<?> program, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                program.getName()));
    command.addAll(arguments);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return new Ended(process.exitValue(), output);
  }

  @Test
  void only_the_owner_may_look_into_the_files() throws IOException {
    try (Storage storage = DirectoryStorage.open(directory());
        StorageFile file = storage.create("data")) {
      assertThat(file.size()).isZero();
      assertThat(mode(directory())).isEqualTo("rwx------");
      assertThat(mode(directory().resolve("data"))).isEqualTo("rw-------");
      assertThat(mode(directory().resolve("lock"))).isEqualTo("rw-------");
    }
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  /** A loss of power would take the directory, and all that was acknowledged with it. */
  @Test
  void each_directory_that_is_created_is_made_durable_in_its_parent() throws IOException {
    Path deep = parent.resolve("one/two/three");
    List<Path> flushed = new ArrayList<>();
    DirectoryStorage.createDirectory(deep, flushed::add);
    assertThat(flushed)
        .containsSequence(parent, parent.resolve("one"), parent.resolve("one/two"))
        .endsWith(parent.resolve("one/two"));
    assertThat(mode(parent.resolve("one"))).isEqualTo("rwx------");
  }

  /** Whoever created it may have been killed before the flush; it is there, but not durable. */
  @Test
  void a_directory_that_is_there_is_made_durable_too() throws IOException {
    Path one = Files.createDirectory(parent.resolve("one"));
    List<Path> flushed = new ArrayList<>();
    DirectoryStorage.createDirectory(one, flushed::add);
    assertThat(flushed).containsExactly(parent);
    flushed.clear();
    DirectoryStorage.createDirectory(one.resolve("two"), flushed::add);
    assertThat(flushed).containsExactly(parent, one);
  }

  @Test
  void a_directory_in_one_that_may_not_be_read_is_opened() throws IOException {
    DirectoryStorage.Flush denied =
        directory -> {
          throw new AccessDeniedException(directory.toString());
        };
    Path one = Files.createDirectory(parent.resolve("one"));
    DirectoryStorage.createDirectory(one, denied);
    assertThatIOException()
        .isThrownBy(() -> DirectoryStorage.createDirectory(one.resolve("new"), denied))
        .isInstanceOf(AccessDeniedException.class);
  }

  @Test
  void a_directory_that_cannot_be_made_durable_is_not_opened() {
    DirectoryStorage.Flush broken =
        directory -> {
          throw new IOException("no flush of " + directory);
        };
    assertThatIOException()
        .isThrownBy(() -> DirectoryStorage.createDirectory(directory(), broken))
        .withMessageContaining("no flush of " + parent.getParent());
  }

  @Test
  void a_directory_has_one_owner_in_a_process() throws IOException {
    Storage first = DirectoryStorage.open(directory());
    assertThatThrownBy(() -> DirectoryStorage.open(directory().resolve("../two")))
        .isInstanceOf(DirectoryInUseException.class)
        .hasMessageContaining(directory().toString())
        .hasMessageContaining("another store of this process");
    first.close();
    DirectoryStorage.open(directory()).close();
  }

  @Test
  void a_directory_has_one_owner_on_the_machine() throws IOException, InterruptedException {
    Storage first = DirectoryStorage.open(directory());
    assertThatThrownBy(() -> DirectoryStorage.open(directory()))
        .isInstanceOf(DirectoryInUseException.class);
    // Also after a refused attempt in this process, which must not have dropped the lock.
    assertThat(openInOtherProcess()).startsWith("refused").contains("another process");
    first.close();
    assertThat(openInOtherProcess()).startsWith("opened");
  }

  @Test
  void a_file_in_the_place_of_the_directory_is_named_as_one() throws IOException {
    Path file = Files.createFile(parent.resolve("file"));
    assertThatIOException()
        .isThrownBy(() -> DirectoryStorage.open(file))
        .withMessage(file + ": is a file, not a directory");
  }

  @Test
  void another_process_cannot_even_look_at_a_directory_in_use()
      throws IOException, InterruptedException {
    List<String> verify = List.of("verify", directory().toString());
    Storage first = DirectoryStorage.open(directory());
    Ended inUse = runInOtherProcess(LogTool.class, verify);
    assertThat(inUse.code()).as(inUse.output()).isEqualTo(4);
    assertThat(inUse.output()).contains("is in use by a process", "look at a copy");
    first.close();
    Ended later = runInOtherProcess(LogTool.class, verify);
    assertThat(later.output()).contains("holds no files");
  }

  @Test
  void a_symbolic_link_is_refused() throws IOException {
    Files.createDirectories(directory());
    Path link = Files.createSymbolicLink(parent.resolve("link"), directory());
    assertThatIOException()
        .isThrownBy(() -> DirectoryStorage.open(link))
        .withMessageContaining("symbolic link");
  }

  @Test
  void a_link_among_the_files_is_refused_by_name() throws IOException {
    try (Storage storage = DirectoryStorage.open(directory())) {
      storage.create("data").close();
      Path link = directory().resolve("more");
      Files.createSymbolicLink(link, directory().resolve("data"));
      assertThatIOException()
          .isThrownBy(storage::list)
          .withMessageContaining(link + "] is a symbolic link to");
      Files.delete(link);
      assertThat(storage.list()).containsExactly("data");
    }
  }

  /** A shared lock needs no permission to write, so a copy on a read-only medium can be read. */
  @Test
  void who_looks_shares_the_lock_with_others_who_look_and_keeps_writers_out()
      throws IOException, InterruptedException {
    DirectoryStorage.open(directory()).close();
    try (Storage looking = DirectoryStorage.openExisting(directory())) {
      assertThat(looking.list()).isEmpty();
      assertThat(openInOtherProcess()).startsWith("refused").contains("another process");
      assertThat(openInOtherProcess("look")).startsWith("opened");
    }
    try (Storage repairing = DirectoryStorage.openExistingForRepair(directory())) {
      assertThat(repairing.list()).isEmpty();
      assertThat(openInOtherProcess("look")).startsWith("refused").contains("another process");
    }
  }

  @Test
  void names_stay_within_the_directory() throws IOException {
    try (Storage storage = DirectoryStorage.open(directory())) {
      for (String name : new String[] {"../x", "a/b", "..", ".", "", "/etc/passwd", "lock"}) {
        assertThatThrownBy(() -> storage.delete(name))
            .as("[%s]", name)
            .isInstanceOf(IllegalArgumentException.class);
      }
    }
  }

  @Test
  void an_interrupt_neither_fails_a_call_nor_closes_the_file() throws IOException {
    try (Storage storage = DirectoryStorage.open(directory());
        StorageFile file = storage.create("data")) {
      byte[] bytes = "text".getBytes(UTF_8);
      for (int i = 0; i < 3; i++) {
        Thread.currentThread().interrupt();
        file.write(i * 4L, bytes, 0, 4);
        file.flush();
        storage.syncDirectory();
        assertThat(Thread.interrupted()).as("the interrupt is handed on").isTrue();
      }
      byte[] read = new byte[20];
      Thread.currentThread().interrupt();
      assertThat(file.read(0, read, 0, 20)).isEqualTo(12);
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void interrupts_in_the_middle_of_flushes_do_no_harm() throws Exception {
    try (Storage storage = DirectoryStorage.open(directory());
        StorageFile file = storage.create("data")) {
      Thread writer = Thread.currentThread();
      AtomicBoolean stop = new AtomicBoolean();
      Thread nuisance =
          new Thread(
              () -> {
                while (!stop.get()) {
                  writer.interrupt();
                  Thread.onSpinWait();
                }
              });
      nuisance.start();
      try {
        for (int i = 0; i < 200; i++) {
          file.write(i, new byte[] {(byte) i}, 0, 1);
          file.flush();
        }
      } finally {
        stop.set(true);
        while (nuisance.isAlive()) {
          Thread.onSpinWait();
        }
        Thread.interrupted();
      }
      assertThat(file.size()).isEqualTo(200);
    }
  }
}
