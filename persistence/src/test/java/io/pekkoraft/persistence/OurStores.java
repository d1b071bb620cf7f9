package io.pekkoraft.persistence;

import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.util.Map;
import org.apache.pekko.actor.ActorSystem;

/**
 * Actor systems whose journals stand on the write-ahead log and the snapshot store of this module.
 */
final class OurStores {
  private OurStores() {}

  static ActorSystem system(Path directory) {
    return ActorSystem.create(
        "shop",
        ConfigFactory.parseMap(
                Map.of(
                    "pekko-raft.persistence.journal.directory",
                    directory.resolve("log").toString(),
                    "pekko-raft.persistence.journal.segment-size",
                    "256 KiB",
                    "pekko-raft.persistence.snapshot-store.directory",
                    directory.resolve("snapshots").toString()))
            .withFallback(ConfigFactory.load()));
  }

  static JournalSettings settings(boolean mayFound) {
    return new JournalSettings(
        RandomJournal.FOUNDED,
        mayFound,
        "pekko-raft.persistence.journal",
        "pekko-raft.persistence.snapshot-store");
  }
}
