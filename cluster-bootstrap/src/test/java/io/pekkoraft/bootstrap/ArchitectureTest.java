package io.pekkoraft.bootstrap;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.ObjectInputStream;

/** The rules of the whole project's architecture test, for the one module that it cannot see. */
@AnalyzeClasses(packages = "io.pekkoraft", importOptions = DoNotIncludeTests.class)
final class ArchitectureTest {
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

  @ArchTest
  static final ArchRule no_java_serialization =
      noClasses().should().dependOnClassesThat().areAssignableTo(ObjectInputStream.class);
}
