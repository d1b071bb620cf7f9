/**
 * A replicated store of keys and values and its busy clients, for random runs whose histories are
 * checked: on simulated roles and on the whole stack alike.
 */
@NullMarked
package io.pekkoraft.testkit.keyvalue;

import org.jspecify.annotations.NullMarked;
