package io.pekkoraft.persistence;

import io.pekkoraft.log.JournalEvent.Founded;
import io.pekkoraft.log.SnapshotDescriptor;

/**
 * What the journal's Pekko snapshot holds: no state, only where it is.
 *
 * @param founded the journal's first event, restated because that event is deleted
 * @param snapshot the newest snapshot of the state machine
 */
public record StoredSnapshot(Founded founded, SnapshotDescriptor snapshot) {}
