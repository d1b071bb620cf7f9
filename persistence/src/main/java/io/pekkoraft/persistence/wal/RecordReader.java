package io.pekkoraft.persistence.wal;

import java.io.IOException;

/** Reads the record that the index says stands somewhere, and believes nothing. */
final class RecordReader {
  private RecordReader() {}

  /**
   * Loads the record and verifies that it is whole and that of the event.
   *
   * @return where it starts in the window
   */
  static int load(FileWindow window, String persistenceId, Location location) throws IOException {
    int at = window.load(location.offset(), location.length());
    if (at < 0) {
      throw damaged(location, "the file ends within a record");
    }
    byte[] bytes = window.bytes();
    String defect = RecordFormat.defect(bytes, at, at + location.length());
    if (defect != null) {
      throw damaged(location, defect);
    }
    if (RecordFormat.type(bytes, at) > RecordFormat.COPIED_EVENT
        || RecordFormat.sequenceNr(bytes, at) != location.sequenceNr()
        || !RecordFormat.persistenceId(bytes, at).equals(persistenceId)) {
      throw damaged(
          location, "event " + location.sequenceNr() + " of [" + persistenceId + "] is not here");
    }
    return at;
  }

  private static WalDamagedException damaged(Location location, String reason) {
    return new WalDamagedException(
        SegmentFormat.fileName(location.segment()), location.offset(), reason);
  }
}
