package io.pekkoraft.testkit.real;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * On pekko-persistence-jdbc with H2, which shows the interface, not durability: docs/storage.md.
 */
class H2StoresTest {
  @TempDir Path temp;

  @Test
  void the_whole_system_runs_on_h2_by_configuration_only() throws SQLException, IOException {
    OtherStores.writeSnapshotStopAndGoOn(
        new OtherStores.Database(
            "slick.jdbc.H2Profile$",
            "org.h2.Driver",
            "jdbc:h2:" + temp.resolve("h2") + ";DATABASE_TO_UPPER=FALSE;DB_CLOSE_DELAY=-1",
            "sa",
            "/schema/h2/h2-create-schema.sql"),
        temp.resolve("members"));
  }
}
