/**
 * Programs that show, with real processes, how soon and how safely a single instance comes back:
 * {@code compare.CompareFailover} and {@code torture.TortureSingleton}; {@code docs/failover.md}
 * says how to run them. What they share is here; start at {@link SingletonNode}, which is one node,
 * and {@link SingletonNodes}, which is how the programs see three of them.
 */
@NullMarked
package io.pekkoraft.failover;

import org.jspecify.annotations.NullMarked;
