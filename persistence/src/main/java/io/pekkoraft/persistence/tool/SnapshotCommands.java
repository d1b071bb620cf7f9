package io.pekkoraft.persistence.tool;

import io.pekkoraft.persistence.file.Storage;
import io.pekkoraft.persistence.snapshot.SnapshotInspection;
import io.pekkoraft.persistence.snapshot.SnapshotInspection.Snapshot;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;

/** The commands on stored snapshots. */
final class SnapshotCommands {
  private final Path directory;
  private final Storage storage;
  private final PrintStream out;

  SnapshotCommands(Path directory, Storage storage, PrintStream out) {
    this.directory = directory;
    this.storage = storage;
    this.out = out;
  }

  boolean isApplicable() throws IOException {
    return !SnapshotInspection.inspect(storage).isEmpty();
  }

  int run(String command) throws IOException {
    List<Snapshot> snapshots = SnapshotInspection.inspect(storage);
    List<Snapshot> damaged = snapshots.stream().filter(one -> !one.defect().isEmpty()).toList();
    if (command.equals("dump") || command.equals("stats")) {
      snapshots.forEach(snapshot -> out.println(line(snapshot)));
    } else {
      out.printf(
          "snapshots [%s]: %d stored, %d of them damaged%n",
          directory, snapshots.size(), damaged.size());
      for (Snapshot snapshot : damaged) {
        out.printf(
            "  file [%s], offset 0: %s; it is passed over, and an older one used if there is one%n",
            snapshot.file(), snapshot.defect());
      }
    }
    if (damaged.stream().anyMatch(Snapshot::newer)) {
      return LogTool.NEWER_FORMAT;
    }
    return damaged.isEmpty() ? LogTool.OK : LogTool.DAMAGED;
  }

  private static JsonLine line(Snapshot snapshot) {
    JsonLine line = new JsonLine().with("file", snapshot.file());
    if (!snapshot.defect().isEmpty()) {
      return line.with("damage", snapshot.defect());
    }
    line.with("persistenceId", snapshot.persistenceId())
        .with("sequenceNr", snapshot.sequenceNr())
        .with("timestamp", snapshot.timestamp());
    StoredEvents.describe(snapshot.serializerId(), snapshot.manifest(), snapshot.bytes(), line);
    return line;
  }
}
