/**
 * Scenarios as text: one command a line, and what happened below it. See {@code docs/scenarios.md};
 * start reading at {@link io.pekkoraft.testkit.scenario.Scenario}.
 */
@NullMarked
package io.pekkoraft.testkit.scenario;

import org.jspecify.annotations.NullMarked;
