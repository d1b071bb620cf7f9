package io.pekkoraft.persistence.tool;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import io.pekkoraft.persistence.StoreDirectories;
import io.pekkoraft.persistence.file.DirectoryInUseException;
import io.pekkoraft.persistence.file.DirectoryStorage;
import io.pekkoraft.persistence.file.DurableText;
import io.pekkoraft.persistence.file.LinkRefusedException;
import io.pekkoraft.persistence.snapshot.SnapshotInspection;
import io.pekkoraft.persistence.wal.LogInspection;
import io.pekkoraft.persistence.wal.UnsupportedWalVersionException;
import io.pekkoraft.persistence.wal.WalException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One command on one directory: finds out what the directory is, and what is wrong around it. */
final class ToolRun {
  /** The directories of a node that hold something for this tool. */
  private static final List<String> PARTS =
      List.of(StoreDirectories.JOURNAL, StoreDirectories.DESCRIPTORS);

  private static final String IDENTITY = "IDENTITY";
  private static final String GROUP = "group-";
  private static final String STARTED = "STARTED";
  private static final String SNAPSHOTS = "snapshots";

  private final String command;
  private final PrintStream out;
  private final PrintStream err;

  ToolRun(String command, PrintStream out, PrintStream err) {
    this.command = command;
    this.out = out;
    this.err = err;
  }

  /** Runs the command; returns its exit code. */
  int in(Path directory) {
    if (Files.isRegularFile(directory, NOFOLLOW_LINKS)) {
      return problem(
          LogTool.USAGE,
          "["
              + directory
              + "] is a file. Name the directory in which it stands: "
              + again(directory.toAbsolutePath().normalize().getParent()));
    }
    try {
      boolean data = isDataDirectory(directory);
      return data ? inDataDirectory(directory) : on(directory, false);
    } catch (IOException failure) {
      return failed(directory, failure);
    }
  }

  private static boolean isDataDirectory(Path directory) throws IOException {
    if (Files.isSymbolicLink(directory)) {
      return false;
    }
    return names(directory).stream().anyMatch(n -> n.equals(IDENTITY) || PARTS.contains(n));
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }

  private int inDataDirectory(Path directory) throws IOException {
    int worst = onIdentity(directory);
    for (String name : PARTS) {
      Path part = directory.resolve(name);
      if (Files.exists(part, NOFOLLOW_LINKS)) {
        worst = Math.max(worst, on(part, true));
      }
    }
    if (!command.equals("repair")) {
      worst = Math.max(worst, onMembers(directory, worst));
    }
    Path journal = directory.resolve(StoreDirectories.JOURNAL);
    if (Files.exists(journal, NOFOLLOW_LINKS) && (worst != LogTool.OK || !isUnused(journal))) {
      return worst;
    }
    return Math.max(worst, withoutLog(directory));
  }

  /** Whether a start could read whose the directory is; whose it is, only a start can judge. */
  private int onIdentity(Path directory) {
    Path identity = directory.resolve(IDENTITY);
    if (!Files.exists(identity, NOFOLLOW_LINKS)) {
      return nothing(
          "["
              + identity
              + "] is not there: if this is a node's data directory, a start refuses it. Put the"
              + " file back");
    }
    try (DirectoryStorage storage = DirectoryStorage.openExisting(directory)) {
      String unused = DurableText.read(storage, IDENTITY);
      return LogTool.OK;
    } catch (IllegalArgumentException damaged) {
      return problem(
          LogTool.DAMAGED,
          "["
              + identity
              + "] is damaged: "
              + damaged.getMessage()
              + ". A start refuses the directory. The file never changes: put it back from a copy");
    } catch (IOException failure) {
      return failed(directory, failure);
    }
  }

  /**
   * Looks at the files of snapshots, and at what is stored of each member as a whole.
   *
   * @param before the exit code for each part by itself
   */
  private int onMembers(Path directory, int before) {
    StoredMembers members = new StoredMembers(err);
    List<Path> groups;
    try {
      // What cannot be read was said.
      if (before <= LogTool.DAMAGED) {
        read(directory, members);
      }
      groups = groups(directory);
    } catch (IOException failure) {
      return failed(directory, failure);
    }
    int worst = members.code();
    List<NeededSnapshot> needed = members.needed();
    for (Path group : groups) {
      List<NeededSnapshot> neededHere =
          needed.stream().filter(snapshot -> snapshot.group().equals(nameOf(group))).toList();
      worst = Math.max(worst, onGroup(group, neededHere));
      @Nullable Path trace = trace(group);
      if (trace != null && members.isWithout(nameOf(group))) {
        worst = Math.max(worst, withoutLog(directory, trace));
      }
    }
    for (NeededSnapshot snapshot : needed) {
      Path group = directory.resolve(GROUP + snapshot.group());
      if (!groups.contains(group)) {
        worst = Math.max(worst, withoutGroup(directory, group, snapshot));
      }
    }
    return worst;
  }

  private static String nameOf(Path group) {
    return String.valueOf(group.getFileName()).substring(GROUP.length());
  }

  private int onGroup(Path group, List<NeededSnapshot> needed) {
    // Refused as by a start: in use, a link, or no directory.
    try (DirectoryStorage storage = DirectoryStorage.openExisting(group)) {
      List<String> unused = storage.list();
    } catch (IOException failure) {
      return failed(group, failure);
    }
    Path snapshots = group.resolve(SNAPSHOTS);
    if (Files.exists(snapshots, NOFOLLOW_LINKS)) {
      return on(snapshots, true, needed);
    }
    int worst = LogTool.OK;
    for (NeededSnapshot snapshot : needed) {
      String missing = SnapshotFileCommands.missing(snapshots, snapshot, false);
      worst = problem(LogTool.DAMAGED, missing);
    }
    return worst;
  }

  /** Only an application that uses members without our data directory may have it elsewhere. */
  private int withoutGroup(Path directory, Path group, NeededSnapshot snapshot) {
    Path snapshots = group.resolve(SNAPSHOTS);
    if (Files.exists(directory.resolve(IDENTITY), NOFOLLOW_LINKS)) {
      return problem(LogTool.DAMAGED, SnapshotFileCommands.missing(snapshots, snapshot, false));
    }
    return nothing(
        "["
            + snapshots
            + "] is not there: where the snapshot files of ["
            + snapshot.persistenceId()
            + "] are is not known here, and they were not looked at");
  }

  private static void read(Path directory, StoredMembers members) throws IOException {
    Path descriptors = directory.resolve(StoreDirectories.DESCRIPTORS);
    if (Files.exists(descriptors, NOFOLLOW_LINKS)) {
      try (DirectoryStorage storage = DirectoryStorage.openExisting(descriptors)) {
        members.take(SnapshotInspection.inspect(storage));
      }
    }
    Path journal = directory.resolve(StoreDirectories.JOURNAL);
    if (Files.exists(journal, NOFOLLOW_LINKS)) {
      try (DirectoryStorage storage = DirectoryStorage.openExisting(journal)) {
        LogInspection log = LogInspection.of(storage);
        if (log.isLog()) {
          members.read(log);
        }
      }
    }
  }

  private static List<Path> groups(Path directory) throws IOException {
    return names(directory).stream()
        .filter(name -> name.startsWith(GROUP))
        .map(directory::resolve)
        .toList();
  }

  private static boolean isUnused(Path directory) throws IOException {
    try (DirectoryStorage storage = DirectoryStorage.openExisting(directory)) {
      return storage.list().isEmpty();
    }
  }

  /**
   * Nothing stands in the journal's directory: the node is new, or its log is elsewhere or lost.
   */
  private int withoutLog(Path directory) throws IOException {
    for (Path group : groups(directory)) {
      @Nullable Path trace = trace(group);
      if (trace != null) {
        return withoutLog(directory, trace);
      }
    }
    return nothing("[" + directory + "]: no group was started here, and no log was written");
  }

  /**
   * @param trace what shows that there was one
   */
  private int withoutLog(Path directory, Path trace) {
    return problem(
        LogTool.DAMAGED,
        "["
            + directory.resolve(StoreDirectories.JOURNAL)
            + "] holds no log of a group in which this node takes part ("
            + directory.relativize(trace)
            + "). If the log is not elsewhere (pekko-raft.persistence.journal.directory, or another"
            + " pekko-raft.journal-plugin), it is lost, and a start refuses the member"
            + " (NEEDS_READMISSION): put the directory back from where it was moved to. The others"
            + " go on without this member; this version cannot admit it anew");
  }

  /** Whoever keeps the directories of several nodes in one is tempted to name that one. */
  private static String dataDirectoriesIn(Path directory) throws IOException {
    try (Stream<Path> below = Files.list(directory)) {
      List<String> found =
          below
              .filter(path -> Files.isDirectory(path.resolve(StoreDirectories.JOURNAL)))
              .map(path -> directory.resolve(path.getFileName()).toString())
              .sorted()
              .toList();
      return found.isEmpty() ? "" : ". Data directories below it: " + String.join(", ", found);
    }
  }

  /** What shows that this node took part in a group, or null if nothing does. */
  private static @Nullable Path trace(Path group) {
    Path started = group.resolve(STARTED);
    if (Files.exists(started, NOFOLLOW_LINKS)) {
      return started;
    }
    Path snapshots = group.resolve(SNAPSHOTS);
    try {
      boolean some = Files.isDirectory(snapshots, NOFOLLOW_LINKS) && !isUnused(snapshots);
      return some ? snapshots : null;
    } catch (IOException cannotLook) {
      return null; // What cannot be read was said.
    }
  }

  /**
   * @param part whether it is one of a data directory, and so may be empty
   */
  private int on(Path directory, boolean part) {
    return on(directory, part, List.of());
  }

  /**
   * @param part whether it is one of a data directory, and so may be empty
   * @param needed the files that have to be there, if it is one of snapshot files
   */
  private int on(Path directory, boolean part, List<NeededSnapshot> needed) {
    try (DirectoryStorage storage = open(directory)) {
      JournalCommands journal = new JournalCommands(directory, storage, out, err);
      if (journal.isApplicable()) {
        return journal.run(command);
      }
      SnapshotCommands snapshots = new SnapshotCommands(directory, storage, out, err);
      if (snapshots.isApplicable()) {
        return snapshots.run(command);
      }
      SnapshotFileCommands files = new SnapshotFileCommands(directory, storage, needed, out, err);
      if (files.isApplicable()) {
        return files.run(command);
      }
      List<String> names = storage.list();
      if (part && names.isEmpty()) {
        return nothing("[" + directory + "]: nothing is stored in it");
      }
      return problem(
          LogTool.USAGE,
          "["
              + directory
              + "] "
              + (names.isEmpty()
                  ? "holds no files"
                  : "holds neither a log nor snapshots, but "
                      + names.subList(0, Math.min(3, names.size())))
              + ". Name a node's data directory, or its journal, snapshot-descriptors or"
              + " group-NAME/snapshots"
              + dataDirectoriesIn(directory));
    } catch (UnsupportedWalVersionException newer) {
      return problem(LogTool.NEWER_FORMAT, "[" + directory + "]: " + newer.getMessage());
    } catch (WalException foreign) {
      return problem(LogTool.USAGE, String.valueOf(foreign.getMessage()));
    } catch (IOException failure) {
      return failed(directory, failure);
    }
  }

  /** Not a word between the lines of JSON. */
  private int nothing(String text) {
    (command.equals("dump") || command.equals("stats") ? err : out).println(text);
    return LogTool.OK;
  }

  private DirectoryStorage open(Path directory) throws IOException {
    return command.equals("repair")
        ? DirectoryStorage.openExistingForRepair(directory)
        : DirectoryStorage.openExisting(directory);
  }

  private int failed(Path directory, IOException failure) {
    if (failure instanceof DirectoryInUseException) {
      return problem(
          LogTool.IN_USE,
          "["
              + directory
              + "] is in use by a process. Stop the node, or look at a copy: cp -r --sparse=always "
              + directory
              + " COPY");
    }
    if (failure instanceof LinkRefusedException) {
      return problem(
          LogTool.IO_ERROR,
          failure.getMessage() + ". A start refuses it. To look at what is behind it, name that");
    }
    if (failure instanceof NotDirectoryException) {
      return problem(
          LogTool.IO_ERROR,
          "[" + directory + "] is not a directory, and a start refuses it. Move it away");
    }
    if (failure instanceof NoSuchFileException && !Files.exists(directory, NOFOLLOW_LINKS)) {
      return problem(LogTool.USAGE, "[" + directory + "] does not exist");
    }
    return problem(LogTool.IO_ERROR, "[" + directory + "]: " + reason(failure));
  }

  private static String reason(IOException failure) {
    String message = String.valueOf(failure.getMessage());
    boolean denied =
        failure instanceof AccessDeniedException || message.endsWith("(Permission denied)");
    if (denied) {
      String file = message.replace(" (Permission denied)", "");
      return "no permission for [" + file + "]. Run it as the owner, or look at a copy of your own";
    }
    return failure instanceof FileSystemException ? failure.toString() : message;
  }

  private String again(@Nullable Path directory) {
    String options = command.equals("repair") ? " --torn-tail " : " ";
    return "log-tool " + command + options + directory;
  }

  private int problem(int code, String text) {
    out.flush();
    err.println("log-tool: " + text);
    return code;
  }
}
