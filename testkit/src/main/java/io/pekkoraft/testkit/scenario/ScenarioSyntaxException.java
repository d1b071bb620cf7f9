package io.pekkoraft.testkit.scenario;

/** A scenario cannot be read. The message names the file, the line and what was expected. */
public final class ScenarioSyntaxException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final String file;
  private final int line;

  ScenarioSyntaxException(String file, int line, String expected, String found) {
    super(file + ":" + line + ": expected " + expected + ", found " + found);
    this.file = file;
    this.line = line;
  }

  public String file() {
    return file;
  }

  /** From 1. */
  public int line() {
    return line;
  }
}
