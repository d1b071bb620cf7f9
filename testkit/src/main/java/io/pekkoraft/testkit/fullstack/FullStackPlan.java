package io.pekkoraft.testkit.fullstack;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/**
 * What a random run of the whole stack is drawn from. In a swarm of seeds each run has other kinds
 * of faults switched off, so that those left can go far. A plan can be written as one line, made
 * smaller, and run again.
 *
 * @param seed draws settings and loads, and with {@code chance} all that happens
 * @param chance 0, or another number for another run of the same kind
 * @param members in the group
 * @param clients how many ask at a time
 * @param faultMillis how long there are faults; then all is calm
 * @param faults the kinds that there are
 */
record FullStackPlan(
    long seed, int chance, int members, int clients, long faultMillis, Set<FullStackFault> faults) {
  private static final long FAULT_MILLIS = 20_000;
  private static final int FIELDS = 6;

  /** Of so many runs one has a kind of fault that comes apart from the others. */
  private static final int SELDOM = 4;

  static final String NO_FAULT = "none";
  private static final long CHANCES = 0x9E3779B97F4A7C15L;

  FullStackPlan {
    faults = Set.copyOf(faults);
  }

  /** What this seed stands for. */
  static FullStackPlan of(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int members = random.nextInt(6) == 0 ? 5 : random.nextInt(12) == 0 ? 1 : 3;
    SplittableRandom apart = new SplittableRandom(~seed);
    Set<FullStackFault> faults = EnumSet.noneOf(FullStackFault.class);
    for (FullStackFault fault : FullStackFault.values()) {
      boolean drawn = fault.isApart() ? apart.nextInt(SELDOM) == 0 : random.nextBoolean();
      boolean possible = members > 1 || !fault.needsOthers();
      if (drawn && possible) {
        faults.add(fault);
      }
    }
    return new FullStackPlan(seed, 0, members, random.nextInt(1, 13), FAULT_MILLIS, faults);
  }

  boolean has(FullStackFault fault) {
    return faults.contains(fault);
  }

  /** In one order, whatever the set's is. */
  List<FullStackFault> events() {
    return faults.stream().filter(FullStackFault::isEvent).sorted().toList();
  }

  SplittableRandom random() {
    return new SplittableRandom(seed + chance * CHANCES);
  }

  /** For the kinds of faults that come apart from the others. */
  SplittableRandom randomApart() {
    return new SplittableRandom(~(seed + chance * CHANCES)).split();
  }

  FullStackPlan with(Set<FullStackFault> others) {
    return new FullStackPlan(seed, chance, members, clients, faultMillis, others);
  }

  FullStackPlan withFaultsFor(long millis) {
    return new FullStackPlan(seed, chance, members, clients, millis, faults);
  }

  FullStackPlan withClients(int number) {
    return new FullStackPlan(seed, chance, members, number, faultMillis, faults);
  }

  FullStackPlan withChance(int number) {
    return new FullStackPlan(seed, number, members, clients, faultMillis, faults);
  }

  /** One line without spaces, as {@link #parse} reads it. */
  @Override
  public String toString() {
    String kinds =
        faults.stream().sorted().map(FullStackFault::name).collect(Collectors.joining("+"));
    return String.join(
        ",",
        "seed=" + seed,
        "chance=" + chance,
        "members=" + members,
        "clients=" + clients,
        "millis=" + faultMillis,
        "faults=" + (kinds.isEmpty() ? NO_FAULT : kinds));
  }

  /**
   * @throws IllegalArgumentException if the text is no plan
   */
  static FullStackPlan parse(String text) {
    String[] parts = text.strip().split(",", -1);
    if (parts.length != FIELDS) {
      throw new IllegalArgumentException("not a plan: " + text);
    }
    return new FullStackPlan(
        Long.parseLong(value(parts[0], "seed")),
        Integer.parseInt(value(parts[1], "chance")),
        Integer.parseInt(value(parts[2], "members")),
        Integer.parseInt(value(parts[3], "clients")),
        Long.parseLong(value(parts[4], "millis")),
        kinds(value(parts[5], "faults")));
  }

  /** Kinds of faults, parted by plus signs, or {@link #NO_FAULT}. */
  static Set<FullStackFault> kinds(String text) {
    Set<FullStackFault> kinds = EnumSet.noneOf(FullStackFault.class);
    if (!text.equals(NO_FAULT)) {
      for (String kind : text.split("\\+", -1)) {
        kinds.add(FullStackFault.valueOf(kind));
      }
    }
    return kinds;
  }

  private static String value(String part, String name) {
    if (!part.startsWith(name + "=")) {
      throw new IllegalArgumentException("not " + name + "=...: " + part);
    }
    return part.substring(name.length() + 1);
  }
}
