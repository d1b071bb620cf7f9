package io.pekkoraft.testkit.junit;

import io.pekkoraft.api.StateMachine;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test that is given a {@link io.pekkoraft.testkit.Cluster}, once for each seed, all members
 * started:
 *
 * <pre>{@code
 * @RaftTest(stateMachine = Counter.class, seeds = 50)
 * void no_increment_is_lost(Cluster cluster) { ... }
 * }</pre>
 *
 * <p>Without {@link #stateMachine} the class has one field, static or not, of type {@link
 * io.pekkoraft.testkit.RaftTestKit}, which says all the rest; its seed does not count.
 *
 * <p>A failure names the seed. {@code -Draft.seed=17} runs that one alone; {@code
 * -Draft.seeds=1000} and {@code -Draft.seed.first=500} run others than the annotation says.
 */
@TestTemplate
@ExtendWith(RaftExtension.class)
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface RaftTest {

  /** What the members replicate; has a constructor without parameters, of any visibility. */
  Class<? extends StateMachine> stateMachine() default StateMachine.class;

  /** How many members, with {@link #stateMachine}. */
  int members() default 3;

  /** For how many seeds the test runs. */
  int seeds() default 1;

  /** The first of them. */
  long firstSeed() default 1;
}
