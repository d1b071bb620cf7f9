package io.pekkoraft.testkit.junit;

import io.pekkoraft.testkit.fullstack.ApplicationCluster;
import io.pekkoraft.testkit.fullstack.ApplicationTestKit;
import java.lang.reflect.Method;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Gives tests an {@link ApplicationCluster} as parameter: behind {@link ApplicationTest}, and, with
 * a kit, for plain {@code @Test} methods:
 *
 * <pre>{@code
 * @RegisterExtension
 * final ApplicationExtension shop = ApplicationExtension.of(ApplicationTestKit.of(this::main).seed(7));
 * }</pre>
 *
 * <p>Each test has a cluster of its own, started when it is first asked for, looked at once more
 * when the test has passed, and closed after it. When a test fails, the end of the run and the way
 * to see it again are printed on the standard error stream and stand with the failure.
 */
public final class ApplicationExtension extends ClusterExtension {
  private static final Kind KIND =
      new Kind(
          ApplicationCluster.class,
          ApplicationTest.class,
          ApplicationExtension::seeds,
          DeclaredKit::ofApplicationTest);

  /** For {@link ApplicationTest}, which says itself what it needs. */
  ApplicationExtension() {
    super(KIND, null, false);
  }

  private ApplicationExtension(ApplicationTestKit kit) {
    super(KIND, instance -> new SeededKit.OfApplication(kit), false);
  }

  /** To be registered by a test whose {@code @Test} methods take an {@link ApplicationCluster}. */
  public static ApplicationExtension of(ApplicationTestKit kit) {
    return new ApplicationExtension(kit);
  }

  private static LongStream seeds(Method test) {
    @Nullable ApplicationTest says = test.getAnnotation(ApplicationTest.class);
    return says == null ? LongStream.empty() : Seeds.wanted(says.seeds(), says.firstSeed());
  }
}
