package io.pekkoraft.bootstrap;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static java.util.Map.entry;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.ObjectInputStream;
import java.util.Map;
import java.util.Set;

/** The rules of the whole project's architecture test, for the one module that it cannot see. */
@AnalyzeClasses(packages = "io.pekkoraft", importOptions = DoNotIncludeTests.class)
final class ArchitectureTest {
  private static final Set<String> WAITING =
      Set.of("join", "get", "delayedExecutor", "orTimeout", "completeOnTimeout");

  /** Methods that are of the real world, by owner: {@code TimeAndChance} and Pekko have others. */
  private static final Map<String, Set<String>> WORLD =
      Map.ofEntries(
          entry("java.lang.System", Set.of("nanoTime", "currentTimeMillis")),
          entry("java.lang.Thread", Set.of("<init>", "sleep", "start", "onSpinWait")),
          entry("java.lang.Math", Set.of("random")),
          entry("java.time.Clock", Set.of("systemUTC", "systemDefaultZone", "system")),
          entry("java.time.Instant", Set.of("now")),
          entry("java.util.UUID", Set.of("randomUUID")),
          entry("java.util.Random", Set.of("<init>")),
          entry("java.util.Timer", Set.of("<init>")),
          entry("java.security.SecureRandom", Set.of("<init>", "getInstanceStrong")),
          entry("java.util.concurrent.ThreadLocalRandom", Set.of("current")),
          entry("java.util.random.RandomGenerator", Set.of("getDefault", "of")),
          entry("java.util.concurrent.CompletableFuture", WAITING),
          entry("java.util.concurrent.CountDownLatch", Set.of("await")),
          entry("java.util.concurrent.locks.LockSupport", Set.of("park", "parkNanos")),
          entry("java.util.concurrent.ForkJoinPool", Set.of("commonPool")));

  @ArchTest
  static final ArchRule nothing_below_knows_the_bootstrap =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.pekkoraft.bootstrap..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.pekkoraft.bootstrap..");

  @ArchTest
  static final ArchRule production_code_needs_no_test_kit =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.pekkoraft.testkit..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.pekkoraft.testkit..");

  /**
   * So that all of it but the runnable node runs on virtual time too, where blocking is for ever.
   */
  @ArchTest
  static final ArchRule clock_chance_and_waiting_are_the_actor_systems =
      noClasses()
          .that()
          .resideInAnyPackage(
              "io.pekkoraft.cluster..",
              "io.pekkoraft.session..",
              "io.pekkoraft.singleton..",
              "io.pekkoraft.lease..")
          .should()
          .accessTargetWhere(
              DescribedPredicate.describe(
                  "reads a clock, draws random numbers, starts a thread or blocks",
                  ArchitectureTest::isWorld));

  private static boolean isWorld(JavaAccess<?> access) {
    AccessTarget target = access.getTarget();
    return WORLD.getOrDefault(target.getOwner().getName(), Set.of()).contains(target.getName());
  }

  @ArchTest
  static final ArchRule no_java_serialization =
      noClasses().should().dependOnClassesThat().areAssignableTo(ObjectInputStream.class);
}
