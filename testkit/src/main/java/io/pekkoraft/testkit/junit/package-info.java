/**
 * The test kit in JUnit 5: {@link io.pekkoraft.testkit.junit.RaftTest} runs a test on a cluster,
 * for as many seeds as it likes, and {@link io.pekkoraft.testkit.junit.ApplicationTest} one on an
 * application's own actor systems. Bring a JUnit of your own: this artifact names it as optional.
 */
@NullMarked
package io.pekkoraft.testkit.junit;

import org.jspecify.annotations.NullMarked;
