package io.pekkoraft.testkit.real;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * On pekko-persistence-jdbc with a PostgreSQL server that this test starts and stops: {@code mvn
 * -Ppostgresql -pl testkit -am test -Dtest=PostgresqlStoresTest}. Needs the server's programs
 * (Debian: {@code apt-get install postgresql}); started by root it uses the user {@code postgres}.
 */
@EnabledIfSystemProperty(named = "raft.postgresql", matches = "true")
class PostgresqlStoresTest {
  private static final Path PACKAGES = Path.of("/usr/lib/postgresql");

  @TempDir Path temp;

  @Test
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  void the_whole_system_runs_on_postgresql_by_configuration_only()
      throws SQLException, IOException, InterruptedException {
    Path programs = programs();
    Path data = temp.resolve("server");
    Files.createDirectory(data);
    boolean root = System.getProperty("user.name").equals("root");
    if (root) {
      run(List.of("chown", "postgres", data.toString()));
      Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    int port = freePort();
    run(as(root, programs.resolve("initdb"), "-D", data, "-A", "trust", "-U", "raft"));
    run(
        as(
            root,
            programs.resolve("pg_ctl"),
            "-D",
            data,
            "-w",
            "-l",
            data.resolve("log"),
            "-o",
            "-h 127.0.0.1 -p " + port + " -k " + data,
            "start"));
    try {
      OtherStores.writeSnapshotStopAndGoOn(
          new OtherStores.Database(
              "slick.jdbc.PostgresProfile$",
              "org.postgresql.Driver",
              "jdbc:postgresql://127.0.0.1:" + port + "/postgres",
              "raft",
              "/schema/postgres/postgres-create-schema.sql"),
          temp.resolve("members"));
    } finally {
      run(as(root, programs.resolve("pg_ctl"), "-D", data, "-m", "fast", "-w", "stop"));
    }
  }

  /** Where Debian's packages put the server's programs, of the newest version. */
  private static Path programs() throws IOException {
    try (Stream<Path> versions = Files.list(PACKAGES)) {
      return versions
          .map(version -> version.resolve("bin"))
          .filter(programs -> Files.isExecutable(programs.resolve("initdb")))
          .sorted()
          .reduce((first, second) -> second)
          .orElseThrow(() -> new IOException("install PostgreSQL's server first"));
    }
  }

  private static List<String> as(boolean root, Object... command) {
    List<String> line = new ArrayList<>();
    if (root) {
      line.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"));
    }
    Stream.of(command).map(Object::toString).forEach(line::add);
    return line;
  }

  private void run(List<String> command) throws IOException, InterruptedException {
    Path output = Files.createTempFile("postgresql", ".log");
    Process process =
        new ProcessBuilder(command)
            .directory(Path.of("/").toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor()).as("%s: %s", command, Files.readString(output)).isZero();
    Files.delete(output);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
