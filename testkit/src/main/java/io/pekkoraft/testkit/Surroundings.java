package io.pekkoraft.testkit;

import io.pekkoraft.codec.EnvelopeSerializer;
import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.role.NodeSettings;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/**
 * How the group of a random run is set up, and on what machines.
 *
 * @param drift by how much clocks run wrong at most; beyond the group's bound in a few runs
 * @param throughTheCodec whether messages become bytes on their way
 */
record Surroundings(
    NodeSettings settings,
    double drift,
    boolean throughTheCodec,
    long slowestDiskNanos,
    long applyNanos) {
  private static final long SALT = 0x5DEECE66DL;
  private static final double BOUND = 0.1;
  private static final double BEYOND = 0.3;

  static Surroundings of(long seed) {
    SplittableRandom random = new SplittableRandom(seed ^ SALT);
    boolean big = random.nextInt(16) == 0;
    NodeSettings settings = big ? bigCommands(random) : settings(random);
    int clocks = random.nextInt(16);
    double drift = clocks == 0 ? BEYOND : clocks < 9 ? BOUND : 0;
    boolean codec = random.nextInt(8) == 0;
    long disk = random.nextInt(3) == 0 ? random.nextLong(1_000_000, 30_000_000) : 300_000;
    long apply = random.nextInt(3) == 0 ? random.nextLong(10_000, 20_000_000) : 10_000;
    return new Surroundings(settings, drift, codec, disk, apply);
  }

  /** So large that what waits for a slow disk is more than one batch. */
  private static NodeSettings bigCommands(SplittableRandom random) {
    return new NodeSettings(
        Duration.ofMillis(100),
        Duration.ofMillis(1000),
        BOUND,
        64,
        200_000,
        8,
        64 * 1024,
        8_000_000,
        random.nextLong(500_000, 4_000_000),
        4096);
  }

  private static NodeSettings settings(SplittableRandom random) {
    return new NodeSettings(
        Duration.ofMillis(100),
        Duration.ofMillis(1000),
        BOUND,
        random.nextInt(1, 32),
        random.nextInt(64, 4096),
        random.nextInt(1, 9),
        1024,
        random.nextLong(2_000, 30_000),
        random.nextLong(1_000, 20_000),
        random.nextInt(64, 400));
  }

  void prepare(Simulation simulation) {
    if (throughTheCodec) {
      simulation.network().setWire(codec());
    }
    simulation.setDisk(100_000, slowestDiskNanos);
    simulation.setApply(applyNanos);
  }

  /** Messages as bytes, and back. */
  static UnaryOperator<Envelope> codec() {
    EnvelopeSerializer codec = new EnvelopeSerializer();
    return envelope ->
        (Envelope) codec.fromBinary(codec.toBinary(envelope), codec.manifest(envelope));
  }
}
