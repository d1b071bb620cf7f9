package io.pekkoraft.persistence.tool;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pekkoraft.persistence.file.DirectoryInUseException;
import io.pekkoraft.persistence.file.DirectoryStorage;
import io.pekkoraft.persistence.wal.ForeignDirectoryException;
import io.pekkoraft.persistence.wal.UnsupportedWalVersionException;
import io.pekkoraft.persistence.wal.WalDamagedException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The command line tool for logs and snapshots that no process has open: {@code verify}, {@code
 * dump}, {@code stats} and {@code repair --torn-tail}. See {@code docs/storage-tool.md}.
 */
public final class LogTool {
  /** All is well. */
  static final int OK = 0;

  /** A last write was torn; nothing that was acknowledged is missing. */
  static final int TORN = 1;

  /** The command line is wrong, or the directory holds nothing that this tool knows. */
  static final int USAGE = 2;

  /** What was acknowledged is damaged. */
  static final int DAMAGED = 3;

  /** Another process has the directory open. */
  static final int IN_USE = 4;

  /** It was written by a later version. */
  static final int NEWER_FORMAT = 5;

  /** It cannot be read or written. */
  static final int IO_ERROR = 6;

  private static final String HELP =
      """
      usage: log-tool COMMAND DIRECTORY

        verify DIR              check everything as a start would, changing nothing
        dump DIR                show what stands in it, one JSON object a line
        stats DIR               sizes and numbers by file and by persistence id, as JSON lines
        repair --torn-tail DIR  cut off a last batch that was not completely written

      DIR is the data directory of a node, or one of its directories journal and
      snapshot-descriptors, or a copy. It must not be in use.

      exit code: 0 all is well, 1 a torn last write (never acknowledged; the next start cuts it
      off), 2 wrong command or directory, 3 damage, 4 in use, 5 written by a later version,
      6 cannot be read or written
      """;

  private static final String STORE_FILE = "store";

  /** The directories of a node that hold something for this tool. */
  private static final List<String> PARTS = List.of("journal", "snapshot-descriptors");

  private final PrintStream out;
  private final PrintStream err;

  private LogTool(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  /** Runs a command and exits with its code. */
  public static void main(String[] args) {
    PrintStream out = new PrintStream(System.out, false, UTF_8);
    // Whatever is logged must not stand between the lines that are asked for.
    System.setOut(System.err);
    int code = run(args, out, new PrintStream(System.err, true, UTF_8));
    out.flush();
    System.exit(code);
  }

  /** Runs a command and returns its exit code. */
  public static int run(String[] args, PrintStream out, PrintStream err) {
    return new LogTool(out, err).run(new ArrayList<>(Arrays.asList(args)));
  }

  private int run(List<String> args) {
    if (args.contains("--help") || args.contains("-h")) {
      out.print(HELP);
      return OK;
    }
    boolean tornTail = args.remove("--torn-tail");
    String command = args.isEmpty() ? "" : args.get(0);
    boolean repair = command.equals("repair");
    if (args.size() != 2
        || !List.of("verify", "dump", "stats", "repair").contains(command)
        || (tornTail && !repair)) {
      return usage("expected a command and a directory");
    }
    if (repair && !tornTail) {
      return usage("say what to repair: --torn-tail is all that can be repaired in place");
    }
    Path directory = Path.of(args.get(1));
    if (!Files.isDirectory(directory)) {
      return usage("[" + directory + "] is not a directory");
    }
    return runIn(directory, command);
  }

  private int usage(String problem) {
    err.println("log-tool: " + problem);
    err.print(HELP);
    return USAGE;
  }

  private int runIn(Path directory, String command) {
    List<Path> parts = PARTS.stream().map(directory::resolve).filter(Files::isDirectory).toList();
    if (parts.isEmpty()) {
      return runOn(directory, command, false);
    }
    int worst = OK;
    for (Path part : parts) {
      worst = Math.max(worst, runOn(part, command, true));
    }
    return worst;
  }

  /**
   * @param mayBeEmpty whether a directory without files is one in which nothing was stored yet
   */
  private int runOn(Path directory, String command, boolean mayBeEmpty) {
    try (DirectoryStorage storage = DirectoryStorage.openExisting(directory)) {
      JournalCommands journal = new JournalCommands(directory, storage, out);
      if (journal.isApplicable()) {
        return journal.run(command);
      }
      SnapshotCommands snapshots = new SnapshotCommands(directory, storage, out);
      if (snapshots.isApplicable() || (mayBeEmpty && storage.list().isEmpty())) {
        return snapshots.run(command);
      }
      return problem(
          USAGE,
          "["
              + directory
              + "] holds neither a log nor stored snapshots, but "
              + storage.list().subList(0, Math.min(3, storage.list().size()))
              + "; name a node's data directory, or its journal or snapshot-descriptors");
    } catch (DirectoryInUseException inUse) {
      return problem(IN_USE, inUse.getMessage() + "; or copy the directory and look at the copy");
    } catch (UnsupportedWalVersionException newer) {
      return problem(NEWER_FORMAT, String.valueOf(newer.getMessage()));
    } catch (ForeignDirectoryException foreign) {
      return problem(USAGE, String.valueOf(foreign.getMessage()));
    } catch (WalDamagedException damage) {
      return problem(DAMAGED, damage.getMessage() + ". " + adviceFor(damage, directory));
    } catch (IOException failure) {
      return problem(IO_ERROR, "[" + directory + "]: " + failure);
    }
  }

  private static String adviceFor(WalDamagedException damage, Path directory) {
    if (damage.file().equals(STORE_FILE)) {
      return "No start opens a log without this file, which says whose the segments are: put it"
          + " back from a copy of this directory, or empty the directory and admit the member anew";
    }
    return "Copy the directory before anything else. The next start serves what is whole and"
        + " refuses the persistence ids that miss events (NEEDS_REPAIR), naming them; such a"
        + " member takes no part until they are put back or it is admitted anew. What can"
        + " still be read: log-tool dump "
        + directory;
  }

  private int problem(int code, String text) {
    out.flush();
    err.println("log-tool: " + text);
    return code;
  }
}
