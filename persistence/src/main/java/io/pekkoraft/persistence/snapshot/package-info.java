/**
 * Where snapshots are kept: the bytes of the state machine's in {@link
 * io.pekkoraft.persistence.snapshot.SnapshotFiles}, their descriptors through Pekko Persistence.
 */
@NullMarked
package io.pekkoraft.persistence.snapshot;

import org.jspecify.annotations.NullMarked;
