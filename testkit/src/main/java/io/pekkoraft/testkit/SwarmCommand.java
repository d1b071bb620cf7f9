package io.pekkoraft.testkit;

/** The commands that run a random run again. */
final class SwarmCommand {
  private static final String TEST = "mvn -o -pl testkit -am test -Dtest=FaultSwarmTest#replay ";

  private SwarmCommand() {}

  static String replay(long seed) {
    return TEST + "-Draft.seed=" + seed;
  }

  /** Of a plan that is no longer what its seed stands for. */
  static String replay(Plan plan) {
    return TEST.replace("#replay", "#replay_plan") + "-Draft.plan=" + plan;
  }
}
