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
  private final PrintStream err;

  SnapshotCommands(Path directory, Storage storage, PrintStream out, PrintStream err) {
    this.directory = directory;
    this.storage = storage;
    this.out = out;
    this.err = err;
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
    }
    out.flush();
    for (Snapshot snapshot : damaged) {
      err.printf(
          "log-tool: stored snapshot [%s], offset 0: %s%s%n",
          directory.resolve(snapshot.file()),
          snapshot.defect(),
          snapshot.newer()
              ? ""
              : ". A start passes it over, and uses an older one if there is one; what follows from"
                  + " that is said when the tool looks at the whole data directory");
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
