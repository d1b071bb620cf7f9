package io.pekkoraft;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.be;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.ObjectInputStream;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.ExtensibleBehavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Signal;
import org.apache.pekko.actor.typed.TypedActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.NullMarked;

/**
 * What keeps the protocol testable under virtual time: decisions know no actor, roles see the world
 * only through their port, and modules depend one way.
 */
@AnalyzeClasses(packages = "io.pekkoraft", importOptions = DoNotIncludeTests.class)
final class ArchitectureTest {
  private static final String[] PERSISTENCE = {
    "io.pekkoraft.log..", "io.pekkoraft.layout..", "io.pekkoraft.persistence.."
  };
  private static final String TESTKIT = "io.pekkoraft.testkit..";
  private static final String LEASE_CONTRACT = "io.pekkoraft.testkit.lease..";
  private static final String[] BOOTSTRAP = {
    "io.pekkoraft.bootstrap..",
    "io.pekkoraft.cluster..",
    "io.pekkoraft.session..",
    "io.pekkoraft.singleton..",
    "io.pekkoraft.lease.."
  };
  private static final String[] DECISIONS = {
    "..rules..", "..state..", "..log..", "..coordination.."
  };

  /** A role is a typed behaviour, and this is all of Pekko that it takes to be one. */
  private static final Set<String> PEKKO_FOR_ROLES =
      Set.of(
          Behavior.class.getName(),
          ExtensibleBehavior.class.getName(),
          PostStop.class.getName(),
          Signal.class.getName(),
          TypedActorContext.class.getName(),
          Behaviors.class.getName());

  /** Methods that read the real world, by owner. The production binding injects what they give. */
  private static final Map<String, Set<String>> WORLD =
      Map.of(
          "java.lang.System", Set.of("nanoTime", "currentTimeMillis"),
          "java.lang.Thread", Set.of("sleep", "start", "onSpinWait"),
          "java.lang.Math", Set.of("random"),
          "java.time.Clock", Set.of("systemUTC", "systemDefaultZone", "system"),
          "java.time.Instant", Set.of("now"),
          "java.util.UUID", Set.of("randomUUID"),
          "java.util.concurrent.ThreadLocalRandom", Set.of("current"),
          "java.util.random.RandomGenerator", Set.of("getDefault", "of"));

  @ArchTest
  static final ArchRule decisions_know_no_actor =
      noClasses()
          .that()
          .resideInAnyPackage(DECISIONS)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.pekko..")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule roles_are_behaviours_that_touch_no_actor_context =
      noClasses()
          .that()
          .resideInAPackage("..role..")
          .should()
          .dependOnClassesThat(
              resideInAPackage("org.apache.pekko..")
                  .and(not(describe("needed by roles", type -> isPekkoForRoles(type)))))
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule the_protocol_reads_no_clock_and_makes_no_chance_of_its_own =
      noClasses()
          .that()
          .resideInAnyPackage(DECISIONS)
          .or()
          .resideInAnyPackage("..role..", "..message..", "..codec..")
          .should()
          .accessTargetWhere(readsTheWorld())
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule persistence_knows_nothing_above_it =
      noClasses()
          .that()
          .resideInAnyPackage(PERSISTENCE)
          .should()
          .dependOnClassesThat(
              resideInAPackage("io.pekkoraft..").and(not(resideInAnyPackage(PERSISTENCE))));

  @ArchTest
  static final ArchRule the_node_knows_nothing_above_it =
      noClasses()
          .that(not(resideInAPackage(TESTKIT)))
          .should()
          .dependOnClassesThat(resideInAPackage(TESTKIT).or(resideInAnyPackage(BOOTSTRAP)));

  /** That module is tested with the test kit. */
  @ArchTest
  static final ArchRule the_test_kit_knows_nothing_of_the_cluster_bootstrap =
      noClasses()
          .that()
          .resideInAPackage(TESTKIT)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(BOOTSTRAP);

  /** So that it serves anybody's implementation of Pekko's interface. */
  @ArchTest
  static final ArchRule the_contract_of_leases_knows_no_implementation =
      noClasses()
          .that()
          .resideInAPackage(LEASE_CONTRACT)
          .should()
          .dependOnClassesThat(
              resideInAPackage("io.pekkoraft..").and(not(resideInAPackage(LEASE_CONTRACT))));

  @ArchTest
  static final ArchRule no_java_serialization =
      noClasses().should().dependOnClassesThat().areAssignableTo(ObjectInputStream.class);

  @ArchTest
  static final ArchRule every_package_says_where_null_is_allowed =
      classes()
          .should(
              be(
                  describe(
                      "in a package whose package-info is @NullMarked",
                      type -> type.getPackage().isAnnotatedWith(NullMarked.class))));

  private static boolean isPekkoForRoles(JavaClass type) {
    return PEKKO_FOR_ROLES.contains(type.getName());
  }

  private static DescribedPredicate<JavaAccess<?>> readsTheWorld() {
    return describe("reads a clock, sleeps or makes random numbers", ArchitectureTest::isWorld);
  }

  private static boolean isWorld(JavaAccess<?> access) {
    AccessTarget target = access.getTarget();
    if (target.getName().equals("<init>")) {
      return target.getOwner().isEquivalentTo(Random.class);
    }
    return WORLD.getOrDefault(target.getOwner().getName(), Set.of()).contains(target.getName());
  }
}
