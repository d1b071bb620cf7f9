package io.pekkoraft.persistence.tool;

import io.pekkoraft.log.SnapshotDescriptor;
import io.pekkoraft.persistence.file.Storage;
import io.pekkoraft.persistence.snapshot.SnapshotFileInspection;
import io.pekkoraft.persistence.snapshot.SnapshotFileInspection.File;
import io.pekkoraft.persistence.snapshot.SnapshotFileInspection.Kind;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The commands on the files of a state machine's snapshots. */
final class SnapshotFileCommands {
  private final Path directory;
  private final Storage storage;
  private final List<NeededSnapshot> needed;
  private final PrintStream out;
  private final PrintStream err;

  /**
   * @param needed what the logs go on from, as far as is known
   */
  SnapshotFileCommands(
      Path directory,
      Storage storage,
      List<NeededSnapshot> needed,
      PrintStream out,
      PrintStream err) {
    this.directory = directory;
    this.storage = storage;
    this.needed = needed;
    this.out = out;
    this.err = err;
  }

  boolean isApplicable() throws IOException {
    return !needed.isEmpty() || SnapshotFileInspection.isApplicable(storage);
  }

  int run(String command) throws IOException {
    List<File> files = SnapshotFileInspection.inspect(storage);
    boolean asLines = command.equals("dump") || command.equals("stats");
    if (!asLines) {
      out.printf(
          "snapshot files [%s]: %d, %d of them damaged%n",
          directory,
          files.stream().filter(file -> file.kind() == Kind.SNAPSHOT).count(),
          files.stream().filter(file -> !file.defect().isEmpty() && !file.newer()).count());
    }
    int worst = LogTool.OK;
    for (File file : files) {
      if (asLines) {
        out.println(line(file));
      } else {
        remark(file);
      }
      out.flush();
      worst = Math.max(worst, judge(file));
    }
    for (NeededSnapshot snapshot : needed) {
      worst = Math.max(worst, lookFor(snapshot, files));
    }
    return worst;
  }

  private static JsonLine line(File file) {
    JsonLine line = new JsonLine().with("file", file.name()).with("size", file.bytes());
    if (!file.defect().isEmpty()) {
      return line.with("offset", file.offset()).with("damage", file.defect());
    }
    return switch (file.kind()) {
      case SNAPSHOT ->
          line.with("snapshotIndex", file.index())
              .with("snapshotBytes", file.length())
              .with("contentHash", file.contentHash());
      case PUT_ASIDE -> line.with("putAside", true);
      case UNFINISHED -> line.with("leftOver", true);
      case FOREIGN -> line.with("foreign", true);
    };
  }

  /** Says what needs no action. */
  private void remark(File file) {
    String remark =
        switch (file.kind()) {
          case UNFINISHED ->
              "is a left-over of an unfinished snapshot, which the next start deletes";
          case PUT_ASIDE -> "was found damaged by an earlier start and put aside; nothing uses it";
          case FOREIGN -> "is no file of pekko-raft; it is left alone";
          case SNAPSHOT ->
              needed.isEmpty() || neededAs(file) != null
                  ? ""
                  : "is not what a log goes on from; it goes when a later snapshot is taken";
        };
    if (!remark.isEmpty()) {
      out.printf("  [%s] %s%n", file.name(), remark);
    }
  }

  private @Nullable NeededSnapshot neededAs(File file) {
    return needed.stream()
        .filter(snapshot -> snapshot.descriptor().file().equals(file.name()))
        .findFirst()
        .orElse(null);
  }

  /** Says what is wrong, and returns the exit code for it. */
  private int judge(File file) {
    NeededSnapshot snapshot = neededAs(file);
    if (file.newer()) {
      return problem(LogTool.NEWER_FORMAT, "[" + directory + "]: " + file.defect());
    }
    String defect = file.defect().isEmpty() ? difference(file, snapshot) : file.defect();
    if (defect.isEmpty()) {
      return LogTool.OK;
    }
    String consequence;
    if (snapshot != null) {
      consequence = snapshot.consequence();
    } else if (needed.isEmpty()) {
      consequence =
          "A start that needs it refuses the member; that is said when the tool looks at the whole"
              + " data directory. "
              + NeededSnapshot.WHAT_HELPS;
    } else {
      consequence = "No log goes on from it, so a start goes on without it. Look after the disk";
    }
    return problem(
        LogTool.DAMAGED,
        "snapshot file ["
            + directory.resolve(file.name())
            + "], offset "
            + file.offset()
            + ": "
            + defect
            + ". "
            + consequence);
  }

  private static String difference(File file, @Nullable NeededSnapshot snapshot) {
    if (snapshot == null) {
      return "";
    }
    SnapshotDescriptor descriptor = snapshot.descriptor();
    boolean same =
        descriptor.length() == file.length() && descriptor.contentHash().equals(file.contentHash());
    return same
        ? ""
        : "it has "
            + file.length()
            + " bytes and hash "
            + file.contentHash()
            + ", its descriptor says "
            + descriptor.length()
            + " and "
            + descriptor.contentHash();
  }

  private int lookFor(NeededSnapshot snapshot, List<File> files) {
    String name = snapshot.descriptor().file();
    if (files.stream().anyMatch(file -> file.name().equals(name))) {
      return LogTool.OK;
    }
    boolean putAside =
        files.stream()
            .anyMatch(file -> file.kind() == Kind.PUT_ASIDE && file.name().startsWith(name));
    return problem(LogTool.DAMAGED, missing(directory, snapshot, putAside));
  }

  static String missing(Path directory, NeededSnapshot snapshot, boolean putAside) {
    return "snapshot file ["
        + directory.resolve(snapshot.descriptor().file())
        + "] is missing"
        + (putAside ? " (an earlier start has found it damaged and put it aside)" : "")
        + ". "
        + snapshot.consequence();
  }

  private int problem(int code, String text) {
    err.println("log-tool: " + text);
    return code;
  }
}
