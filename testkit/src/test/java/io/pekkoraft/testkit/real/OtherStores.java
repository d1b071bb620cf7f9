package io.pekkoraft.testkit.real;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.pekkoraft.api.Outcome;
import io.pekkoraft.api.RaftGroup;
import io.pekkoraft.api.StateMachine;
import io.pekkoraft.log.NodeId;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * The whole system on journals and snapshot stores of others: three members that write, write
 * snapshots, cut their logs, are stopped, all of them, and go on. Only the configuration differs.
 */
final class OtherStores {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final int NUMBERS = 400;

  /** A database that pekko-persistence-jdbc can use. */
  record Database(String profile, String driver, String url, String user, String schema) {

    Config config() {
      return ConfigFactory.parseString(
          """
          pekko.loglevel = ERROR
          pekko.stdout-loglevel = ERROR
          pekko.remote.warn-about-direct-use = off
          pekko-raft.election-timeout = 2 s
          pekko-raft.retained-log-bytes = 20 KiB
          pekko-raft.journal-plugin = "jdbc-journal"
          pekko-raft.snapshot-plugin = "jdbc-snapshot-store"
          jdbc-journal.circuit-breaker.call-timeout = 60 s
          jdbc-journal.replay-filter.mode = fail
          jdbc-journal.use-shared-db = "slick"
          jdbc-snapshot-store.use-shared-db = "slick"
          jdbc-read-journal.use-shared-db = "slick"
          pekko-persistence-jdbc.shared-databases.slick {
            profile = "%s"
            db {
              driver = "%s"
              url = "%s"
              user = "%s"
              password = ""
              numThreads = 4
              maxConnections = 4
              minConnections = 1
            }
          }
          """
              .formatted(profile, driver, url, user));
    }

    Connection connect() throws SQLException {
      return DriverManager.getConnection(url, user, "");
    }

    void createSchema() throws SQLException, IOException {
      try (InputStream in = OtherStores.class.getResourceAsStream(schema);
          Connection connection = connect();
          Statement statement = connection.createStatement()) {
        assertThat(in).as(schema).isNotNull();
        if (in != null) {
          for (String command : new String(in.readAllBytes(), UTF_8).split(";", -1)) {
            if (!command.isBlank()) {
              statement.execute(command);
            }
          }
        }
      }
    }

    long count(String table) throws SQLException {
      try (Connection connection = connect();
          Statement statement = connection.createStatement();
          ResultSet result = statement.executeQuery("SELECT COUNT(*) FROM \"" + table + "\"")) {
        result.next();
        return result.getLong(1);
      }
    }
  }

  /** Remembers the numbers that it was given. */
  private static final class Numbers implements StateMachine {
    private final Set<Long> seen = new ConcurrentSkipListSet<>();

    @Override
    public byte[] apply(long index, byte[] command) {
      seen.add(ByteBuffer.wrap(command).getLong());
      return new byte[0];
    }

    @Override
    public void writeSnapshot(OutputStream out) throws IOException {
      DataOutputStream data = new DataOutputStream(out);
      data.writeInt(seen.size());
      for (long number : seen) {
        data.writeLong(number);
      }
    }

    @Override
    public void restore(InputStream in) throws IOException {
      seen.clear();
      DataInputStream data = new DataInputStream(in);
      for (int left = data.readInt(); left > 0; left--) {
        seen.add(data.readLong());
      }
    }
  }

  private OtherStores() {}

  static void writeSnapshotStopAndGoOn(Database database, Path directory)
      throws SQLException, IOException {
    database.createSchema();
    try (RealCluster cluster = new RealCluster(3, directory, database.config(), Numbers::new)) {
      for (long number = 0; number < NUMBERS; number++) {
        propose(cluster, number);
      }
      while (database.count("snapshot") == 0) {
        LockSupport.parkNanos(1_000_000); // kept by actors of their own, later than the answers
      }

      cluster.ids().forEach(cluster::stop);
      cluster.ids().forEach(cluster::start);
      propose(cluster, NUMBERS);
      for (NodeId id : cluster.ids()) {
        await(() -> seen(cluster, id) == NUMBERS + 1);
      }
    }
    System.out.printf(
        "%s: %d commands, %d events and %d snapshot descriptors left%n",
        database.url().replaceAll(":[^:]*$", ""),
        NUMBERS + 1,
        database.count("event_journal"),
        database.count("snapshot"));
  }

  private static int seen(RealCluster cluster, NodeId id) {
    return ((Numbers) cluster.stateMachine(id)).seen.size();
  }

  /** Proposes until it is committed; a number counts once however often it is applied. */
  private static void propose(RealCluster cluster, long number) {
    byte[] command = ByteBuffer.allocate(200).putLong(number).array();
    await(() -> cluster.leader() != null && committed(cluster, command));
  }

  private static boolean committed(RealCluster cluster, byte[] command) {
    NodeId leader = cluster.leader();
    if (leader == null) {
      return false;
    }
    RaftGroup group = cluster.member(leader);
    try {
      return group.propose(command, TIMEOUT).toCompletableFuture().join()
          instanceof Outcome.Committed;
    } catch (CompletionException failed) {
      return false;
    }
  }

  private static void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      LockSupport.parkNanos(1_000_000); // the condition is what is awaited, not the time
    }
  }
}
