/**
 * Was what clients saw linearizable? A {@link io.pekkoraft.testkit.linearizability.History} records
 * what they asked and were told, a {@link io.pekkoraft.testkit.linearizability.Specification} says
 * what one process without faults would have answered, and {@link
 * io.pekkoraft.testkit.linearizability.LinearizabilityChecker} looks for an order that explains it.
 */
@NullMarked
package io.pekkoraft.testkit.linearizability;

import org.jspecify.annotations.NullMarked;
