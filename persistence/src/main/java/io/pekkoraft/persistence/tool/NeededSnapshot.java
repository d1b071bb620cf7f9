package io.pekkoraft.persistence.tool;

import io.pekkoraft.log.SnapshotDescriptor;

/**
 * The snapshot that a member's log goes on from: without its file no start takes the member.
 *
 * @param group the name of its group
 */
record NeededSnapshot(String persistenceId, String group, SnapshotDescriptor descriptor) {
  static final String WHAT_HELPS =
      "Put it back from a copy. The others have what it acknowledged, and go on without it; this"
          + " version cannot admit a member anew";

  /** What follows from its file being lost or damaged. */
  String consequence() {
    return "The log of ["
        + persistenceId
        + "] goes on from it (index "
        + descriptor.index()
        + "): a start refuses the member. "
        + WHAT_HELPS;
  }
}
