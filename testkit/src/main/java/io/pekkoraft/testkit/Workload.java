package io.pekkoraft.testkit;

import io.pekkoraft.log.ChainHash;
import java.util.Arrays;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What the members of a simulation replicate, and what is proposed to them. */
final class Workload {
  /** Of a command in words, so that a line can be read. */
  private static final int LONGEST = 80;

  private Supplier<SimulatedState> states = () -> new HashedState(false);
  private boolean application;
  private @Nullable Function<RandomGenerator, byte[]> commands;
  private Function<byte[], String> words = BytesText::of;

  /** Commands are those of a coordination table, behind their numbers. */
  void useTables() {
    states = () -> new HashedState(true);
  }

  /** What a member replicates, in place of a hash over its commands; asked at each start. */
  void runApplication(Supplier<ApplicationState> newState) {
    states = newState::get;
    application = true;
  }

  boolean runsApplication() {
    return application;
  }

  /** What is proposed where any command will do, in place of zeros. */
  void proposeBesides(Function<RandomGenerator, byte[]> newCommand) {
    commands = newCommand;
  }

  /** False if any command might be wrong for the application. */
  boolean hasCommands() {
    return !application || commands != null;
  }

  /**
   * A command where any will do.
   *
   * @param bytes how long, unless the application says what its commands are
   */
  byte[] anyCommand(RandomGenerator random, int bytes) {
    Function<RandomGenerator, byte[]> own = commands;
    return own == null ? new byte[bytes] : own.apply(random);
  }

  /** What a person reads in place of a command's bytes. */
  void describeBy(Function<byte[], String> inWords) {
    words = inWords;
  }

  /** The application's command in a payload, for a person; empty if no application runs. */
  String describe(byte[] payload) {
    if (!application || payload.length < Long.BYTES) {
      return "";
    }
    byte[] command = Arrays.copyOfRange(payload, Long.BYTES, payload.length);
    try {
      return shortened(words.apply(command), command);
    } catch (RuntimeException failed) {
      return shortened(BytesText.of(command), command) + " (not described: " + failed + ")";
    }
  }

  private static String shortened(String text, byte[] command) {
    if (text.length() <= LONGEST) {
      return text;
    }
    long hash = ChainHash.xxh64(command, 0, command.length, 0);
    return "%s... (%d B, hash %016x)".formatted(text.substring(0, LONGEST), command.length, hash);
  }

  SimulatedState newState() {
    return states.get();
  }
}
