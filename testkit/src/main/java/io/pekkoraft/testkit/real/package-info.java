/**
 * Real members in one process: actor systems with Artery TCP on loopback, the write-ahead journal,
 * a data directory each. For tests and benchmarks of what the simulator cannot show.
 */
@NullMarked
package io.pekkoraft.testkit.real;

import org.jspecify.annotations.NullMarked;
