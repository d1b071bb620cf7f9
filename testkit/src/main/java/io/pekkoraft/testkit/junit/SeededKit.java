package io.pekkoraft.testkit.junit;

import io.pekkoraft.testkit.Cluster;
import io.pekkoraft.testkit.RaftTestKit;
import io.pekkoraft.testkit.fullstack.ApplicationCluster;
import io.pekkoraft.testkit.fullstack.ApplicationTestKit;
import java.util.function.UnaryOperator;

/** A kit of any kind, as JUnit needs it. */
interface SeededKit {

  long seed();

  SeededKit seed(long number);

  /**
   * Starts a cluster.
   *
   * @param replay the command that does the same again
   */
  Started start(String replay);

  /**
   * A cluster that a test is given.
   *
   * @param check throws if something is wrong in the end
   * @param report the end of the run, below what is said
   */
  record Started(Object cluster, Runnable check, UnaryOperator<String> report, Runnable close) {}

  /** Groups on the protocol simulation; they hold nothing that has to be given back. */
  record OfRaft(RaftTestKit kit) implements SeededKit {

    @Override
    public long seed() {
      return kit.seed();
    }

    @Override
    public SeededKit seed(long number) {
      return new OfRaft(kit.seed(number));
    }

    @Override
    public Started start(String replay) {
      Cluster cluster = kit.replayedBy(replay).start();
      return new Started(cluster, () -> {}, cluster::report, () -> {});
    }
  }

  /** Applications in whole actor systems. */
  record OfApplication(ApplicationTestKit kit) implements SeededKit {

    @Override
    public long seed() {
      return kit.seed();
    }

    @Override
    public SeededKit seed(long number) {
      return new OfApplication(kit.seed(number));
    }

    @Override
    public Started start(String replay) {
      ApplicationCluster cluster = kit.replayedBy(replay).start();
      return new Started(cluster, cluster::check, cluster::report, cluster::close);
    }
  }
}
