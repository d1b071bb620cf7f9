package io.pekkoraft.testkit.junit;

import io.pekkoraft.testkit.Picture;
import io.pekkoraft.testkit.Pictures;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
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
 * Gives tests a cluster as parameter, one for each test or for each of its seeds. What {@link
 * RaftExtension} and {@link ApplicationExtension} have in common.
 */
class ClusterExtension
    implements ParameterResolver,
        TestExecutionExceptionHandler,
        AfterTestExecutionCallback,
        AfterEachCallback,
        TestTemplateInvocationContextProvider {

  /**
   * One kind of clusters.
   *
   * @param cluster the type of the parameter
   * @param annotation of tests that run for many seeds
   * @param seeds with which such a test runs
   * @param declared what such a test, of that class, runs on; given an instance of the class
   */
  record Kind(
      Class<?> cluster,
      Class<? extends Annotation> annotation,
      Function<Method, LongStream> seeds,
      BiFunction<Method, Class<?>, Function<Object, SeededKit>> declared) {}

  private final Kind kind;
  private final @Nullable Function<Object, SeededKit> kit;
  private final boolean forOneSeed;

  /**
   * @param kit of the instance of a test's class; null in the extension that finds it out
   * @param forOneSeed false if it serves plain {@code @Test} methods
   */
  ClusterExtension(Kind kind, @Nullable Function<Object, SeededKit> kit, boolean forOneSeed) {
    this.kind = kind;
    this.kit = kit;
    this.forOneSeed = forOneSeed;
  }

  private boolean isAnnotated(ExtensionContext context) {
    return context.getRequiredTestMethod().isAnnotationPresent(kind.annotation());
  }

  // --- one seed after the other

  @Override
  public boolean supportsTestTemplate(ExtensionContext context) {
    return kit == null && isAnnotated(context);
  }

  @Override
  public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(
      ExtensionContext context) {
    Method method = context.getRequiredTestMethod();
    Function<Object, SeededKit> declared =
        kind.declared().apply(method, context.getRequiredTestClass());
    return kind.seeds()
        .apply(method)
        .mapToObj(
            seed ->
                new OneSeed(
                    seed,
                    new ClusterExtension(
                        kind, instance -> declared.apply(instance).seed(seed), true)));
  }

  private record OneSeed(long seed, Extension extension) implements TestTemplateInvocationContext {

    @Override
    public String getDisplayName(int invocation) {
      return "seed " + seed;
    }

    @Override
    public List<Extension> getAdditionalExtensions() {
      return List.of(new EnoughFailed(), extension);
    }
  }

  // --- one test

  /** A class may have both kinds of tests; each is served by one extension. */
  private boolean serves(ExtensionContext context) {
    return kit != null && isAnnotated(context) == forOneSeed;
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return serves(context) && parameter.getParameter().getType() == kind.cluster();
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return store(context)
        .getOrComputeIfAbsent(context.getUniqueId(), id -> start(context), Run.class)
        .started()
        .cluster();
  }

  private ExtensionContext.Store store(ExtensionContext context) {
    return context.getStore(Namespace.create(ClusterExtension.class, kind.cluster()));
  }

  private Run start(ExtensionContext context) {
    if (kit == null) {
      throw new IllegalStateException("supportsParameter said no");
    }
    SeededKit seeded = kit.apply(context.getRequiredTestInstance());
    FailureReport report = new FailureReport(seeded.seed(), context);
    Pictures.beginScenario();
    @Nullable Picture picture;
    SeededKit.Started started;
    try {
      started = seeded.start(report.replay());
    } finally {
      picture = Pictures.endScenario();
    }
    return new Run(started, picture, report);
  }

  /** The run of one test. */
  private record Run(SeededKit.Started started, @Nullable Picture picture, FailureReport report) {

    void failed(Throwable failure) {
      report.tell(started.report(), picture, failure);
    }
  }

  private @Nullable Run run(ExtensionContext context) {
    return serves(context) ? store(context).get(context.getUniqueId(), Run.class) : null;
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    Run run = run(context);
    if (run != null) {
      run.failed(failure);
    }
    throw failure;
  }

  /** What the test did last may have left something wrong that it did not wait for. */
  @Override
  public void afterTestExecution(ExtensionContext context) {
    Run run = run(context);
    if (run != null && context.getExecutionException().isEmpty()) {
      try {
        run.started().check().run();
      } catch (AssertionError wrong) {
        run.failed(wrong);
        throw wrong;
      }
      run.report().passed(run.picture());
    }
  }

  @Override
  public void afterEach(ExtensionContext context) {
    Run run = run(context);
    if (run != null) {
      run.started().close().run();
    }
  }
}
