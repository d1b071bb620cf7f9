package io.pekkoraft.testkit;

import io.pekkoraft.testkit.fault.StepKind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/**
 * All that is drawn for a random run before it begins. In swarms of seeds each run has other kinds
 * of faults switched off, so that those left can go far. A plan can be written as one line,
 * changed, and run again: so a failure is shrunk.
 *
 * @param seed draws how the group is set up, see {@link Surroundings}, and with {@code chance} all
 *     delays and losses
 * @param chance 0, or another number for other delays than the seed stands for
 * @param members in the group
 * @param faultMicros how long there are faults; then all is calm
 * @param partial whether a stable partial partition comes at the end
 * @param steps in the order of time
 */
record Plan(
    long seed, int chance, int members, long faultMicros, boolean partial, List<Step> steps) {
  private static final long MICROS_PER_MS = 1_000;
  private static final int FIELDS = 5;
  private static final long SEED_BITS = 0xFFFFFFFFL;

  /** How long clients go on in the calm, at most; they stop when the group has recovered. */
  private static final long CALM_MICROS = 12_000 * MICROS_PER_MS;

  /** These break something for good, or for all: once or twice in a run. */
  private static final List<StepKind> RARE =
      List.of(
          StepKind.LOG_DAMAGED,
          StepKind.DISK_WIPED,
          StepKind.STATE_MACHINE_THROWS,
          StepKind.POWER_LOSS,
          StepKind.FLOOD);

  Plan {
    steps = List.copyOf(steps);
  }

  /** What this seed stands for. */
  static Plan of(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int members = random.nextInt(12) == 0 ? 1 : random.nextInt(5) < 3 ? 3 : 5;
    boolean partial = members > 1 && random.nextInt(16) == 0;
    long faultMicros = random.nextLong(34_000, partial ? 52_000 : 106_000) * MICROS_PER_MS;
    List<Step> steps = new ArrayList<>();
    addFaults(steps, random, faultMicros);
    add(
        steps,
        random,
        List.of(StepKind.COMMANDS),
        random.nextLong(40, 500) * MICROS_PER_MS,
        faultMicros + CALM_MICROS);
    if (random.nextInt(3) > 0) {
      long gap = random.nextLong(20, 5_000) * MICROS_PER_MS;
      add(steps, random, List.of(StepKind.TRANSFER), gap, faultMicros);
    }
    steps.sort(Comparator.comparingLong(Step::atMicros));
    return new Plan(seed, 0, members, faultMicros, partial, steps);
  }

  private static void addFaults(List<Step> steps, SplittableRandom random, long faultMicros) {
    List<StepKind> kinds = new ArrayList<>();
    List<StepKind> rare = new ArrayList<>();
    double share = List.of(0.12, 0.3, 0.6).get(random.nextInt(3));
    for (StepKind kind : StepKind.values()) {
      if (kind.isFault() && random.nextDouble() < share) {
        (RARE.contains(kind) ? rare : kinds).add(kind);
      }
    }
    if (kinds.isEmpty()) {
      kinds.add(StepKind.CRASH);
    }
    long gap = random.nextLong(50, random.nextBoolean() ? 1_000 : 6_000) * MICROS_PER_MS;
    steps.add(new Step(0, StepKind.WEATHER, random.nextLong() & SEED_BITS));
    add(steps, random, kinds, gap, faultMicros);
    for (StepKind kind : rare) {
      for (int times = random.nextInt(1, 3); times > 0; times--) {
        long at = random.nextLong(faultMicros);
        steps.add(new Step(at, kind, random.nextLong() & SEED_BITS));
      }
    }
  }

  private static void add(
      List<Step> steps,
      SplittableRandom random,
      List<StepKind> kinds,
      long gapMicros,
      long endMicros) {
    for (long at = random.nextLong(3 * gapMicros);
        at < endMicros;
        at += 1 + random.nextLong(2 * gapMicros)) {
      StepKind kind = kinds.get(random.nextInt(kinds.size()));
      steps.add(new Step(at, kind, random.nextLong() & SEED_BITS));
    }
  }

  // --- as text

  Plan with(List<Step> others) {
    return new Plan(seed, chance, members, faultMicros, partial, others);
  }

  Plan withMembers(int number) {
    return new Plan(seed, chance, number, faultMicros, partial, steps);
  }

  Plan withFaultsFor(long micros) {
    return new Plan(seed, chance, members, micros, partial, steps);
  }

  Plan withChance(int number) {
    return new Plan(seed, number, members, faultMicros, partial, steps);
  }

  /** Draws the delays and losses of the run. */
  long chanceSeed() {
    return seed + chance * 0x9E3779B97F4A7C15L;
  }

  Plan withoutPartial() {
    return new Plan(seed, chance, members, faultMicros, false, steps);
  }

  /** One line without spaces, as {@link #parse} reads it. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append("seed=").append(seed);
    text.append(",chance=").append(chance);
    text.append(",members=").append(members);
    text.append(",faults=").append(faultMicros);
    text.append(",partial=").append(partial);
    steps.forEach(step -> text.append(',').append(step));
    return text.toString();
  }

  /**
   * @throws IllegalArgumentException if the text is no plan
   */
  static Plan parse(String text) {
    String[] parts = text.strip().split(",", -1);
    if (parts.length < FIELDS) {
      throw new IllegalArgumentException("not a plan: " + text);
    }
    List<Step> steps = new ArrayList<>();
    for (int i = FIELDS; i < parts.length; i++) {
      steps.add(Step.parse(parts[i]));
    }
    return new Plan(
        Long.parseLong(value(parts[0], "seed")),
        Integer.parseInt(value(parts[1], "chance")),
        Integer.parseInt(value(parts[2], "members")),
        Long.parseLong(value(parts[3], "faults")),
        Boolean.parseBoolean(value(parts[4], "partial")),
        steps);
  }

  private static String value(String part, String name) {
    if (!part.startsWith(name + "=")) {
      throw new IllegalArgumentException("not " + name + "=...: " + part);
    }
    return part.substring(name.length() + 1);
  }
}
