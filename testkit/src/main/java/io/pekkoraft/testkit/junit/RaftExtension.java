package io.pekkoraft.testkit.junit;

import io.pekkoraft.testkit.Cluster;
import io.pekkoraft.testkit.RaftTestKit;
import java.lang.reflect.Method;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Gives tests a {@link Cluster} as parameter: behind {@link RaftTest}, and, with a kit, for plain
 * {@code @Test} methods:
 *
 * <pre>{@code
 * @RegisterExtension
 * final RaftExtension raft = RaftExtension.of(RaftTestKit.of(Counter::new).members(5).seed(7));
 * }</pre>
 *
 * <p>Each test has a cluster of its own, started when it is first asked for. When a test fails, the
 * end of the run and the way to see it again are printed on the standard error stream and stand
 * with the failure.
 */
public final class RaftExtension extends ClusterExtension {
  private static final Kind KIND =
      new Kind(Cluster.class, RaftTest.class, RaftExtension::seeds, DeclaredKit::ofRaftTest);

  /** For {@link RaftTest}, which says itself what it needs. */
  RaftExtension() {
    super(KIND, null, false);
  }

  private RaftExtension(RaftTestKit kit) {
    super(KIND, instance -> new SeededKit.OfRaft(kit), false);
  }

  /** To be registered by a test whose {@code @Test} methods take a {@link Cluster}. */
  public static RaftExtension of(RaftTestKit kit) {
    return new RaftExtension(kit);
  }

  private static LongStream seeds(Method test) {
    @Nullable RaftTest says = test.getAnnotation(RaftTest.class);
    return says == null ? LongStream.empty() : Seeds.wanted(says.seeds(), says.firstSeed());
  }
}
