package io.pekkoraft.testkit.fault;

import java.util.SplittableRandom;

/** Something that happens to a group, from the outside. */
@FunctionalInterface
interface Fault {

  /**
   * Strikes now; what it lasts for, it lets go by {@link World#later}.
   *
   * @param random of this strike alone: the same numbers in every run
   * @return what it did, to whom; null if there was nothing to strike at: then it does not count
   */
  @org.jspecify.annotations.Nullable
  String strike(World world, SplittableRandom random);
}
