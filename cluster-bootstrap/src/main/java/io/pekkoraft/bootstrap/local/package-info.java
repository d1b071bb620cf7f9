/**
 * To try a group out on one machine: {@link io.pekkoraft.bootstrap.local.LocalCluster} runs its
 * nodes as processes, {@link io.pekkoraft.bootstrap.local.LoadFile} writes the lines of a file into
 * it and looks for them on every node.
 */
@NullMarked
package io.pekkoraft.bootstrap.local;

import org.jspecify.annotations.NullMarked;
