/** Exact tests of the coordination, on a virtual clock. */
@NullMarked
package io.pekkoraft.coordination;

import org.jspecify.annotations.NullMarked;
