package io.pekkoraft.persistence.tool;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.PrintStream;
import java.nio.file.InvalidPathException;
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

      DIR is the data directory of a node, or one of its directories journal,
      snapshot-descriptors and group-NAME/snapshots, or a copy. It must not be in use.

      exit code: 0 all is well, 1 a torn last write (never acknowledged; the next start cuts it
      off), 2 wrong command or directory, 3 damage, 4 in use, 5 written by a later version,
      6 cannot be read or written, or a link or a file stands where a directory of the
      node should be
      """;

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
    try {
      return new LogTool(out, err).run(new ArrayList<>(Arrays.asList(args)));
    } catch (RuntimeException | OutOfMemoryError unexpected) {
      // By itself Java would end with code 1, which says that a last write was torn.
      out.flush();
      err.println("log-tool: it could not be looked at to the end: " + unexpected);
      return IO_ERROR;
    }
  }

  private int run(List<String> args) {
    if (args.contains("--help") || args.contains("-h")) {
      out.print(HELP);
      return OK;
    }
    boolean tornTail = args.remove("--torn-tail");
    String command = args.isEmpty() ? "" : args.get(0);
    boolean repair = command.equals("repair");
    if (!command.isEmpty() && !List.of("verify", "dump", "stats", "repair").contains(command)) {
      return usage("unknown command '" + command + "'");
    }
    if (args.size() != 2 || (tornTail && !repair)) {
      return usage("expected a command and a directory");
    }
    if (repair && !tornTail) {
      return usage("say what to repair: --torn-tail is all that can be repaired in place");
    }
    Path directory;
    try {
      directory = Path.of(args.get(1));
    } catch (InvalidPathException wrong) {
      return usage(
          "'"
              + args.get(1)
              + "' can be no directory here: "
              + wrong.getReason()
              + ". If it has letters beyond ASCII, set LC_ALL to a locale that has them, such as"
              + " C.UTF-8");
    }
    return new ToolRun(command, out, err).in(directory);
  }

  private int usage(String problem) {
    err.println("log-tool: " + problem);
    err.print(HELP);
    return USAGE;
  }
}
