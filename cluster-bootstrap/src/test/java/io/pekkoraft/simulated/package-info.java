/** Singletons and leases in actor systems on virtual time, under whatever can go wrong. */
@NullMarked
package io.pekkoraft.simulated;

import org.jspecify.annotations.NullMarked;
