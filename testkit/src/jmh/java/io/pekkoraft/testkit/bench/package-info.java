/**
 * Measurements of whole groups of real members; not part of the build unless the profile {@code
 * jmh} is on. Start with {@link io.pekkoraft.testkit.bench.ClusterBenchmark}.
 */
@NullMarked
package io.pekkoraft.testkit.bench;

import org.jspecify.annotations.NullMarked;
