/** Runs whole clusters on virtual time, with the production code, from one seed. */
@NullMarked
package io.pekkoraft.testkit;

import org.jspecify.annotations.NullMarked;
