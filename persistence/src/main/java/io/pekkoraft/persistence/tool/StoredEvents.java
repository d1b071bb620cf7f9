package io.pekkoraft.persistence.tool;

import io.pekkoraft.layout.MalformedBytesException;
import io.pekkoraft.log.JournalEvent.Founded;
import io.pekkoraft.log.JournalEvent.LogBatch;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.SnapshotDescriptor;
import io.pekkoraft.persistence.JournalSerializer;
import io.pekkoraft.persistence.StoredSnapshot;
import java.util.List;
import java.util.Locale;

/** Says what a member's events hold: positions and sizes, never an application's commands. */
final class StoredEvents {
  private static final JournalSerializer SERIALIZER = new JournalSerializer();

  private StoredEvents() {}

  /** Adds the meaning of a payload, if it is one of a member. */
  static void describe(int serializerId, String manifest, byte[] payload, JsonLine line) {
    line.with("serializer", serializerId).with("manifest", manifest).with("bytes", payload.length);
    if (serializerId != SERIALIZER.identifier()) {
      return;
    }
    try {
      Object value = SERIALIZER.fromBinary(payload, manifest);
      if (value instanceof LogBatch batch) {
        describe(batch, line);
      } else if (value instanceof Founded founded) {
        describe(founded, line);
      } else if (value instanceof StoredSnapshot stored) {
        describe(stored.founded(), line);
        describe(stored.snapshot(), line);
      }
    } catch (MalformedBytesException malformed) {
      line.with("malformed", String.valueOf(malformed.getMessage()));
    }
  }

  private static void describe(Founded founded, JsonLine line) {
    line.with("founded", founded.group().toString())
        .with("node", founded.node().toString())
        .with("nodeIncarnation", hex(founded.nodeIncarnation()))
        .with("configuration", founded.configuration().toString());
  }

  private static void describe(LogBatch batch, JsonLine line) {
    line.with("term", batch.hardState().term());
    if (batch.hardState().votedFor() != null) {
      line.with("votedFor", String.valueOf(batch.hardState().votedFor()));
    }
    if (batch.snapshot() != null) {
      describe(batch.snapshot(), line);
    }
    if (batch.truncateFrom() != 0) {
      line.with("truncateFrom", batch.truncateFrom());
    }
    List<LogEntry> entries = batch.entries();
    if (!entries.isEmpty()) {
      LogEntry last = entries.get(entries.size() - 1);
      line.with("firstIndex", entries.get(0).index())
          .with("firstTerm", entries.get(0).term())
          .with("lastIndex", last.index())
          .with("lastTerm", last.term())
          .with("chainHash", hex(last.hash()));
    }
  }

  private static void describe(SnapshotDescriptor snapshot, JsonLine line) {
    line.with("snapshotIndex", snapshot.index())
        .with("snapshotTerm", snapshot.position().term())
        .with("snapshotFile", snapshot.file())
        .with("snapshotBytes", snapshot.length());
  }

  private static String hex(long value) {
    return String.format(Locale.ROOT, "%016x", value);
  }
}
