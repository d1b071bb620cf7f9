/**
 * Known bugs, put back into the production code one at a time: the random runs must notice each of
 * them soon, or they would not notice it in the code either. Start with {@link
 * io.pekkoraft.mutants.MutantsTest}; docs/mutants.md says how to write one.
 */
@NullMarked
package io.pekkoraft.mutants;

import org.jspecify.annotations.NullMarked;
