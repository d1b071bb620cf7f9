package io.pekkoraft.persistence;

import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import io.pekkoraft.layout.EntryRun;
import io.pekkoraft.layout.Fields;
import io.pekkoraft.layout.Frame;
import io.pekkoraft.layout.LogValues;
import io.pekkoraft.layout.MalformedBytesException;
import io.pekkoraft.log.Configuration;
import io.pekkoraft.log.GroupIdentity;
import io.pekkoraft.log.HardState;
import io.pekkoraft.log.JournalEvent.Founded;
import io.pekkoraft.log.JournalEvent.LogBatch;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.log.SnapshotDescriptor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of what a journal stores, version 1. Each is a {@link Frame} with the magic {@code 'J'}
 * whose body starts with the type:
 *
 * <pre>
 * 1 founded    group, node, node incarnation (8 bytes), configuration
 * 2 batch      flags (1 byte), term (counter), then, as the flags say:
 *                +1  voted for (name)
 *                +2  snapshot
 *                +4  truncate from (counter)
 *                +8  index before the first entry (counter), term of the first entry (counter),
 *                    chain hash before the first entry (8 bytes), run of entries
 * 3 snapshot   founded (as in 1, without the type), snapshot
 * </pre>
 *
 * <p>Group, node, configuration and snapshot: {@link LogValues}; run of entries: {@link EntryRun}.
 * A change of the layout is a new version, and the old one stays readable.
 */
final class JournalLayout {
  static final byte MAGIC = 'J';
  static final int OLDEST_VERSION = 1;
  static final int VERSION = 1;

  private static final byte FOUNDED = 1;
  private static final byte BATCH = 2;
  private static final byte SNAPSHOT = 3;

  private static final int HAS_VOTE = 1;
  private static final int HAS_SNAPSHOT = 2;
  private static final int HAS_TRUNCATION = 4;
  private static final int HAS_ENTRIES = 8;
  private static final int ALL_FLAGS = 15;

  private JournalLayout() {}

  /**
   * Writes a frame from the start of {@code output}.
   *
   * @throws MalformedBytesException if {@code value} holds what could not be read again
   * @throws IllegalArgumentException if it is of no stored type
   */
  static void write(Output output, Object value) {
    Frame.begin(output, MAGIC, VERSION);
    if (value instanceof LogBatch batch) {
      output.writeByte(BATCH);
      writeBatch(output, batch);
    } else if (value instanceof Founded founded) {
      output.writeByte(FOUNDED);
      writeFounded(output, founded);
    } else if (value instanceof StoredSnapshot stored) {
      output.writeByte(SNAPSHOT);
      writeFounded(output, stored.founded());
      LogValues.writeSnapshot(output, stored.snapshot());
    } else {
      throw new IllegalArgumentException("a journal does not store " + value.getClass().getName());
    }
    Frame.seal(output);
  }

  /**
   * Reads what {@link #write} wrote: all of {@code input} that is left.
   *
   * @throws MalformedBytesException if it cannot be that; nothing else is thrown
   */
  static Object read(Input input) {
    try {
      Frame.open(input, "journal record", MAGIC, OLDEST_VERSION, VERSION);
      Object value = readBody(input);
      Fields.expectEnd(input);
      return value;
    } catch (MalformedBytesException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new MalformedBytesException("journal record cannot be read: " + e.getMessage(), e);
    }
  }

  private static Object readBody(Input input) {
    byte type = input.readByte();
    return switch (type) {
      case FOUNDED -> readFounded(input);
      case BATCH -> readBatch(input);
      case SNAPSHOT -> new StoredSnapshot(readFounded(input), LogValues.readSnapshot(input));
      default -> throw new MalformedBytesException("no journal record has the type " + type);
    };
  }

  private static void writeFounded(Output output, Founded founded) {
    LogValues.writeGroup(output, founded.group());
    LogValues.writeNode(output, founded.node());
    output.writeLong(founded.nodeIncarnation());
    LogValues.writeConfiguration(output, founded.configuration());
  }

  private static Founded readFounded(Input input) {
    GroupIdentity group = LogValues.readGroup(input);
    NodeId node = LogValues.readNode(input);
    long nodeIncarnation = input.readLong();
    Configuration configuration = LogValues.readConfiguration(input);
    return new Founded(group, node, nodeIncarnation, configuration);
  }

  private static void writeBatch(Output output, LogBatch batch) {
    NodeId votedFor = batch.hardState().votedFor();
    SnapshotDescriptor snapshot = batch.snapshot();
    List<LogEntry> entries = batch.entries();
    output.writeByte(
        (votedFor == null ? 0 : HAS_VOTE)
            | (snapshot == null ? 0 : HAS_SNAPSHOT)
            | (batch.truncateFrom() == 0 ? 0 : HAS_TRUNCATION)
            | (entries.isEmpty() ? 0 : HAS_ENTRIES));
    Fields.writeCounter(output, "term", batch.hardState().term());
    if (votedFor != null) {
      LogValues.writeNode(output, votedFor);
    }
    if (snapshot != null) {
      LogValues.writeSnapshot(output, snapshot);
    }
    if (batch.truncateFrom() != 0) {
      Fields.writeCounter(output, "truncation", batch.truncateFrom());
    }
    if (!entries.isEmpty()) {
      writeEntries(output, entries);
    }
  }

  private static LogBatch readBatch(Input input) {
    int flags = input.readByte();
    if ((flags & ~ALL_FLAGS) != 0) {
      throw new MalformedBytesException("a batch has the unknown flags " + flags);
    }
    long term = Fields.readCounter(input, "term");
    @Nullable NodeId votedFor = (flags & HAS_VOTE) != 0 ? LogValues.readNode(input) : null;
    @Nullable SnapshotDescriptor snapshot =
        (flags & HAS_SNAPSHOT) != 0 ? LogValues.readSnapshot(input) : null;
    long truncateFrom = (flags & HAS_TRUNCATION) != 0 ? Fields.readCounter(input, "truncation") : 0;
    List<LogEntry> entries = (flags & HAS_ENTRIES) != 0 ? readEntries(input) : List.of();
    return new LogBatch(new HardState(term, votedFor), snapshot, truncateFrom, entries);
  }

  private static void writeEntries(Output output, List<LogEntry> entries) {
    LogEntry first = entries.get(0);
    Fields.writeCounter(output, "index", first.index() - 1);
    Fields.writeCounter(output, "term", first.term());
    output.writeLong(first.previousHash());
    EntryRun.write(output, first.index() - 1, first.term(), first.previousHash(), entries);
  }

  private static List<LogEntry> readEntries(Input input) {
    long previousIndex = Fields.readCounter(input, "index");
    long firstTerm = Fields.readCounter(input, "term");
    long previousHash = input.readLong();
    return EntryRun.read(input, previousIndex, firstTerm, previousHash);
  }
}
