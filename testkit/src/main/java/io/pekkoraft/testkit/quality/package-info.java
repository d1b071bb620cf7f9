/**
 * The figures that tests show, on their way into {@code docs/quality-report.md}. Start with {@link
 * io.pekkoraft.testkit.quality.QualityFigures}.
 */
@NullMarked
package io.pekkoraft.testkit.quality;

import org.jspecify.annotations.NullMarked;
