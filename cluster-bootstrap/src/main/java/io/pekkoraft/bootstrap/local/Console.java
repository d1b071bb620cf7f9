package io.pekkoraft.bootstrap.local;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Standard output: whole lines, and one line that is written over while something goes on. Safe to
 * use from any thread.
 */
final class Console {
  private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);

  /** The scripts know it; System.console() tells only on some versions of Java. */
  private final boolean terminal = Boolean.getBoolean("terminal");

  private int progressWidth;

  /** True if a person looks, not a file or a pipe. */
  boolean isTerminal() {
    return terminal;
  }

  synchronized void say(String line) {
    if (progressWidth > 0) {
      out.print("\r" + " ".repeat(progressWidth) + "\r");
      progressWidth = 0;
    }
    out.println(line);
  }

  /** Replaces the last such line, on a terminal; otherwise it is a line like any other. */
  synchronized void progress(String line) {
    if (!terminal) {
      out.println(line);
      return;
    }
    out.print("\r" + line + " ".repeat(Math.max(0, progressWidth - line.length())));
    out.flush();
    progressWidth = line.length();
  }
}
