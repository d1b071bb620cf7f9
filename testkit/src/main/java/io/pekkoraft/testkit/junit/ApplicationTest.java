package io.pekkoraft.testkit.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test that is given an {@link io.pekkoraft.testkit.fullstack.ApplicationCluster}, once for each
 * seed, all processes started:
 *
 * <pre>{@code
 * final ApplicationTestKit kit = ApplicationTestKit.of(this::main);
 *
 * @ApplicationTest(seeds = 20)
 * void one_shop_sells_at_a_time(ApplicationCluster shops) { ... }
 * }</pre>
 *
 * <p>The class has one field of type {@link io.pekkoraft.testkit.fullstack.ApplicationTestKit},
 * static or not; its seed does not count. JUnit makes an instance of the class for each seed, so
 * what a run needs for itself stands in fields that are not static.
 *
 * <p>A failure names the seed. {@code -Draft.seed=17} runs that one alone; {@code
 * -Draft.seeds=1000} and {@code -Draft.seed.first=500} run others than the annotation says.
 */
@TestTemplate
@ExtendWith(ApplicationExtension.class)
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface ApplicationTest {

  /** For how many seeds the test runs. */
  int seeds() default 1;

  /** The first of them. */
  long firstSeed() default 1;
}
