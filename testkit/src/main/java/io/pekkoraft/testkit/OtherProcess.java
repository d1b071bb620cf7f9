package io.pekkoraft.testkit;

import io.pekkoraft.api.StateMachine;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Applies commands in a JVM of its own: what a state machine does there is written to a file. */
final class OtherProcess {
  private static final long LONGEST_SECONDS = 100;

  private OtherProcess() {}

  /**
   * @return the result and the state after each command, one after the other
   */
  static List<byte[]> run(Class<? extends StateMachine> type, List<byte[]> commands) {
    try {
      Path directory = Files.createTempDirectory("determinism");
      Path given = directory.resolve("commands");
      Path answers = directory.resolve("answers");
      Path log = directory.resolve("log");
      try {
        write(given, commands);
        await(start(type, given, answers, log), log);
        return read(answers);
      } finally {
        for (Path file : List.of(given, answers, log, directory)) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Process start(
      Class<? extends StateMachine> type, Path given, Path answers, Path log) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Duser.language=tr",
            "-Duser.country=TR",
            "-Duser.timezone=Pacific/Chatham",
            "-Dfile.encoding=ISO-8859-1",
            "-Xshare:auto",
            "-cp",
            System.getProperty("java.class.path"),
            OtherProcess.class.getName(),
            type.getName(),
            given.toString(),
            answers.toString())
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
  }

  private static void await(Process process, Path log) throws IOException {
    try {
      if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("no answer within " + LONGEST_SECONDS + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } finally {
      process.destroyForcibly();
    }
    if (process.exitValue() != 0) {
      throw new IllegalStateException("the other process failed:\n" + Files.readString(log));
    }
  }

  /** The other process: type, file with commands, file for answers. */
  public static void main(String[] args) throws Exception {
    Class<? extends StateMachine> type = Class.forName(args[0]).asSubclass(StateMachine.class);
    List<byte[]> commands = read(Path.of(args[1]));
    write(Path.of(args[2]), Determinism.resultsAndStates(type, commands));
  }

  static StateMachine newInstance(Class<? extends StateMachine> type) {
    try {
      Constructor<? extends StateMachine> constructor = type.getDeclaredConstructor();
      constructor.setAccessible(true);
      return constructor.newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException(
          type.getName()
              + " must be a static or top-level class with a constructor without parameters",
          e);
    }
  }

  private static void write(Path file, List<byte[]> arrays) throws IOException {
    try (OutputStream out = Files.newOutputStream(file);
        DataOutputStream data = new DataOutputStream(new BufferedOutputStream(out))) {
      data.writeInt(arrays.size());
      for (byte[] array : arrays) {
        data.writeInt(array.length);
        data.write(array);
      }
    }
  }

  private static List<byte[]> read(Path file) throws IOException {
    try (DataInputStream data =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      List<byte[]> arrays = new ArrayList<>();
      for (int count = data.readInt(); count > 0; count--) {
        byte[] array = new byte[data.readInt()];
        data.readFully(array);
        arrays.add(array);
      }
      return arrays;
    }
  }
}
