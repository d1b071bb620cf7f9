package io.pekkoraft.testkit.scenario;

import org.jspecify.annotations.Nullable;

/**
 * What became of a scenario.
 *
 * @param text its lines, and below each what happened
 * @param failure why it ended early; null if all was as it says
 */
public record ScenarioResult(String text, @Nullable AssertionError failure) {}
