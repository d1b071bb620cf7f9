/** The fold of events, and the log. */
@NullMarked
package io.pekkoraft.state;

import org.jspecify.annotations.NullMarked;
