package io.pekkoraft.testkit.junit;

import io.pekkoraft.testkit.Cluster;
import io.pekkoraft.testkit.Picture;
import io.pekkoraft.testkit.RaftTestKit;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;

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
public final class RaftExtension
    implements ParameterResolver,
        TestExecutionExceptionHandler,
        AfterTestExecutionCallback,
        TestTemplateInvocationContextProvider {
  private static final Namespace NAMESPACE = Namespace.create(RaftExtension.class);

  private final @Nullable RaftTestKit kit;
  private final boolean forOneSeed;

  /** For {@link RaftTest}, which says itself what it needs. */
  RaftExtension() {
    this(null, false);
  }

  private RaftExtension(@Nullable RaftTestKit kit, boolean forOneSeed) {
    this.kit = kit;
    this.forOneSeed = forOneSeed;
  }

  /** To be registered by a test whose {@code @Test} methods take a {@link Cluster}. */
  public static RaftExtension of(RaftTestKit kit) {
    return new RaftExtension(kit, false);
  }

  // --- one seed after the other

  @Override
  public boolean supportsTestTemplate(ExtensionContext context) {
    return kit == null && context.getRequiredTestMethod().isAnnotationPresent(RaftTest.class);
  }

  @Override
  public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(
      ExtensionContext context) {
    RaftTest test = context.getRequiredTestMethod().getAnnotation(RaftTest.class);
    RaftTestKit declared = DeclaredKit.of(test, context.getRequiredTestClass());
    return Seeds.wanted(test).mapToObj(seed -> new OneSeed(declared.seed(seed), seed));
  }

  private record OneSeed(RaftTestKit kit, long seed) implements TestTemplateInvocationContext {

    @Override
    public String getDisplayName(int invocation) {
      return "seed " + seed;
    }

    @Override
    public List<Extension> getAdditionalExtensions() {
      return List.of(new EnoughFailed(), new RaftExtension(kit, true));
    }
  }

  // --- one test

  /** A class may have both kinds of tests; each is served by one extension. */
  private boolean serves(ExtensionContext context) {
    boolean isRaftTest = context.getRequiredTestMethod().isAnnotationPresent(RaftTest.class);
    return kit != null && isRaftTest == forOneSeed;
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return serves(context) && parameter.getParameter().getType() == Cluster.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    RaftTestKit ofTest = kit;
    if (ofTest == null) {
      throw new IllegalStateException("supportsParameter said no");
    }
    return context
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(context.getUniqueId(), id -> start(ofTest, context), Run.class)
        .cluster();
  }

  private static Run start(RaftTestKit kit, ExtensionContext context) {
    Cluster cluster = kit.replayedBy(FailureReport.replay(kit, context)).start();
    return new Run(cluster, FailureReport.watch(cluster));
  }

  /** The run of one test. */
  private record Run(Cluster cluster, @Nullable Picture picture) {}

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    Run run = context.getStore(NAMESPACE).get(context.getUniqueId(), Run.class);
    if (kit != null && run != null && serves(context)) {
      FailureReport.tell(kit, run.cluster(), run.picture(), context, failure);
    }
    throw failure;
  }

  @Override
  public void afterTestExecution(ExtensionContext context) {
    Run run = context.getStore(NAMESPACE).get(context.getUniqueId(), Run.class);
    boolean passed = context.getExecutionException().isEmpty();
    if (passed && kit != null && run != null && serves(context)) {
      FailureReport.passed(run.picture(), kit, context);
    }
  }
}
