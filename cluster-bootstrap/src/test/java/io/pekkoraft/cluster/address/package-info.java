/** How members are found: the rules, and what is said. */
@NullMarked
package io.pekkoraft.cluster.address;

import org.jspecify.annotations.NullMarked;
