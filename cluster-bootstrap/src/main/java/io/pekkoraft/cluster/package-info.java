/**
 * Groups in an application's own actor system: the extension {@link
 * io.pekkoraft.cluster.PekkoRaft}, its configuration, the data directory, and where the members
 * are. Start at {@link io.pekkoraft.cluster.PekkoRaft}.
 */
@NullMarked
package io.pekkoraft.cluster;

import org.jspecify.annotations.NullMarked;
