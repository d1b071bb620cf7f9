package io.pekkoraft.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pekkoraft.log.NodeId;
import io.pekkoraft.persistence.file.DirectoryStorageProvider;
import io.pekkoraft.persistence.file.Storage;
import io.pekkoraft.persistence.file.StorageProvider;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
  private static final StorageProvider FILES = new DirectoryStorageProvider();

  @TempDir Path temporary;

  @Test
  void a_new_directory_is_the_owners_alone_and_keeps_its_incarnation() throws IOException {
    Path path = temporary.resolve("parent/data");
    try (DataDirectory data = open(path, "a", 0xCAFE)) {
      assertThat(data.owner()).isEqualTo(new LocalNode("demo", NodeId.of("a"), 0xCAFE));
    }
    assertThat(permissions(path)).isEqualTo("rwx------");
    assertThat(permissions(path.resolve("IDENTITY"))).isEqualTo("rw-------");
    assertThat(path.resolve("IDENTITY.new")).doesNotExist();
    try (DataDirectory again = open(path, "a", 7)) {
      assertThat(again.owner().incarnation()).isEqualTo(0xCAFE);
    }
  }

  @Test
  void another_owner_is_refused_by_name() throws IOException {
    Path path = temporary.resolve("data");
    open(path, "a", 1).close();
    refused(() -> open(path, "b", 2), "belongs to the node 'a', not 'b'");
    refused(
        () -> DataDirectory.open(FILES, path, "prod", NodeId.of("a"), () -> 2),
        "belongs to the cluster 'demo', not 'prod'");
    open(path, "a", 3).close();
  }

  @Test
  void a_second_owner_at_the_same_time_is_refused() throws IOException {
    Path path = temporary.resolve("data");
    try (DataDirectory first = open(path, "a", 1)) {
      assertThat(first.path()).isEqualTo(path);
      refused(() -> open(path, "a", 1), "is in use by another process");
    }
    open(path, "a", 1).close();
  }

  @Test
  void links_are_refused() throws IOException {
    Path real = Files.createDirectory(temporary.resolve("real"));
    Path link = Files.createSymbolicLink(temporary.resolve("link"), real);
    refused(() -> open(link, "a", 1), "is a symbolic link");
    Path data = temporary.resolve("data");
    open(data, "a", 1).close();
    Files.createSymbolicLink(data.resolve("journal"), real);
    refused(() -> open(data, "a", 1), "'journal'");
  }

  @Test
  void a_link_on_the_way_to_it_is_followed_and_it_is_still_one_directory() throws IOException {
    Path real = Files.createDirectory(temporary.resolve("real"));
    Path link = Files.createSymbolicLink(temporary.resolve("link"), real);
    try (DataDirectory data = open(link.resolve("deep/data"), "a", 1)) {
      assertThat(data.owner().incarnation()).isEqualTo(1);
      assertThat(real.resolve("deep/data/IDENTITY")).isRegularFile();
      refused(() -> open(real.resolve("deep/data"), "a", 1), "is in use by another process");
    }
    open(real.resolve("deep/data"), "a", 2).close();
  }

  @Test
  void dots_lead_where_they_seem_to_or_are_refused() throws IOException {
    Path elsewhere = Files.createDirectories(temporary.resolve("elsewhere/deep"));
    Path link = Files.createSymbolicLink(temporary.resolve("link"), elsewhere);
    refused(() -> open(link.resolve("../data"), "a", 1), "'..' behind a symbolic link, '" + link);
    assertThat(temporary.resolve("data")).doesNotExist();
    try (DataDirectory data = open(elsewhere.resolve("../.././data"), "a", 1)) {
      assertThat(data.path()).isEqualTo(temporary.resolve("data"));
      refused(() -> open(temporary.resolve("data"), "a", 1), "is in use by another process");
    }
  }

  /** Root may do everything, so this needs another user: whose no system directory is. */
  @Test
  void a_directory_of_another_user_is_refused_by_the_owners_name() throws IOException {
    Path foreign = Path.of("/srv");
    assumeTrue(Files.isDirectory(foreign) && !Files.isWritable(foreign), "not root, and has /srv");
    refused(
        () -> open(foreign, "a", 1),
        "belongs to the user '" + Files.getOwner(foreign) + "', and this process may not");
  }

  @Test
  void a_directory_with_other_things_in_it_is_left_alone() throws IOException {
    Path home = Files.createDirectory(temporary.resolve("home"));
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.createFile(home.resolve("letters"));
    refused(() -> open(home, "a", 1), "'letters' is there");
    assertThat(permissions(home)).isEqualTo("rwxr-xr-x");
    refused(() -> open(home.resolve("letters"), "a", 1), "is not a directory");
  }

  @Test
  void a_crash_before_the_identity_was_whole_is_forgotten() throws IOException {
    Path path = Files.createDirectory(temporary.resolve("data"));
    Files.writeString(path.resolve("IDENTITY.new"), "pekko-raft da");
    try (DataDirectory data = open(path, "a", 5)) {
      assertThat(data.owner().incarnation()).isEqualTo(5);
    }
  }

  @Test
  void it_remembers_of_each_group_that_it_was_started() throws IOException {
    Path path = temporary.resolve("data");
    try (DataDirectory data = open(path, "a", 5)) {
      assertThat(data.group("kv").wasStarted()).isFalse();
      data.group("kv").markStarted();
    }
    try (DataDirectory data = open(path, "a", 5)) {
      assertThat(data.group("kv").wasStarted()).isTrue();
      GroupDirectory other = data.group("other");
      assertThat(other.wasStarted()).isFalse();
      Files.createFile(other.snapshots().resolve("snapshot-of-a-member"));
      assertThat(data.group("other").wasStarted()).isTrue();
      assertThat(data.group("..").snapshots()).isEqualTo(path.resolve("group-../snapshots"));
    }
    assertThat(permissions(path.resolve("group-kv"))).isEqualTo("rwx------");
  }

  @Test
  void every_changed_byte_of_the_identity_is_noticed() throws IOException {
    Path path = temporary.resolve("data");
    open(path, "a", 0x1234_5678_9abc_def0L).close();
    byte[] bytes = Files.readAllBytes(path.resolve("IDENTITY"));
    for (int i = 0; i < bytes.length - 1; i++) {
      byte[] changed = bytes.clone();
      changed[i] ^= 1;
      Files.write(path.resolve("IDENTITY"), changed);
      refused(() -> open(path, "a", 1), "IDENTITY");
    }
  }

  /** A process that was killed in between may have left a name that a power loss takes away. */
  @Test
  void what_another_process_has_named_is_durable_before_it_is_relied_upon() throws IOException {
    Path path = temporary.resolve("data");
    try (DataDirectory data = open(path, "a", 5)) {
      data.group("kv").markStarted();
    }
    List<Path> durable = new ArrayList<>();
    StorageProvider noting = directory -> noting(FILES.open(directory), directory, durable);
    try (DataDirectory data = DataDirectory.open(noting, path, "demo", NodeId.of("a"), () -> 6)) {
      assertThat(data.owner().incarnation()).isEqualTo(5);
      assertThat(durable).containsExactly(path);
      assertThat(data.group("kv").wasStarted()).isTrue();
      assertThat(durable).containsExactly(path, path.resolve("group-kv"));
    }
  }

  /** The same, and notes when the directory is made durable. */
  private static Storage noting(Storage files, Path directory, List<Path> durable) {
    return (Storage)
        Proxy.newProxyInstance(
            Storage.class.getClassLoader(),
            new Class<?>[] {Storage.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("syncDirectory")) {
                durable.add(directory);
              }
              return method.invoke(files, arguments);
            });
  }

  private static DataDirectory open(Path path, String node, long incarnation) {
    return DataDirectory.open(FILES, path, "demo", NodeId.of(node), () -> incarnation);
  }

  private static void refused(ThrowingCallable call, String because) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            OperatorException.class,
            refusal -> assertThat(refusal.exitCode()).isEqualTo(OperatorException.CONFIGURATION))
        .hasMessageContaining("the data directory")
        .hasMessageContaining(because);
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
