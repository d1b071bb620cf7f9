/**
 * Values of the Raft log: positions, entries, slices. Plain data, without actors, threads or disks.
 */
@NullMarked
package io.pekkoraft.log;

import org.jspecify.annotations.NullMarked;
