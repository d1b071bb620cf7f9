/**
 * Pictures of runs: {@link io.pekkoraft.testkit.picture.Recording} keeps what happened, as lanes,
 * steps, arrows and bands; {@link io.pekkoraft.testkit.picture.Page} writes it as one HTML file. It
 * knows no simulation: whatever has lanes and messages can be drawn.
 */
@NullMarked
package io.pekkoraft.testkit.picture;

import org.jspecify.annotations.NullMarked;
