/** Start at {@link io.pekkoraft.singleton.GateTest}. */
@NullMarked
package io.pekkoraft.singleton;

import org.jspecify.annotations.NullMarked;
