package io.pekkoraft.layout;

import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import io.pekkoraft.log.LogEntry;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * A run of entries whose predecessor is known to the reader:
 *
 * <pre>
 * count          variable
 * each entry:
 *   tag          1 byte     kind code (0 to 127); +128 if the term is not that of the entry before
 *   term step    variable   only if so: how much higher the term is
 *   length       variable
 *   payload      length bytes
 * last hash      8 bytes    chain hash of the last entry; only if count is above 0
 * </pre>
 *
 * <p>Three bytes beside the payload of a small entry. Indexes are counted on. The chain hashes are
 * computed anew when it is read, so a difference anywhere in the run, or in what is said to stand
 * before it, shows in the last one.
 */
public final class EntryRun {
  private static final int TERM_CHANGES = 0x80;
  private static final int MIN_ENTRY_BYTES = 2;

  private EntryRun() {}

  /**
   * Writes a run.
   *
   * @param previousIndex index before the first entry
   * @param previousTerm term that the first entry's is counted from: of the entry before, or any
   *     that the reader knows and that is not higher than the first entry's
   * @param previousHash chain hash before the first entry
   * @throws MalformedBytesException if the entries do not follow each other
   */
  public static void write(
      Output output,
      long previousIndex,
      long previousTerm,
      long previousHash,
      List<LogEntry> entries) {
    int count = entries.size();
    Fields.writeCount(output, "entries", count, Limits.MAX_ENTRIES);
    long index = previousIndex;
    long term = previousTerm;
    long hash = previousHash;
    for (int i = 0; i < count; i++) {
      LogEntry entry = entries.get(i);
      if (entry.index() != ++index || entry.term() < term || entry.previousHash() != hash) {
        throw new MalformedBytesException(
            "entry " + entry + " does not follow " + (index - 1) + "@" + term);
      }
      writeEntry(output, entry, term);
      term = entry.term();
      hash = entry.hash();
    }
    if (count > 0) {
      output.writeLong(hash);
    }
  }

  private static void writeEntry(Output output, LogEntry entry, long termBefore) {
    int kind = entry.kind().code() & 0x7F;
    if (entry.term() == termBefore) {
      output.writeByte(kind);
    } else {
      Fields.checkCounter("term", entry.term());
      output.writeByte(kind | TERM_CHANGES);
      output.writeVarLong(entry.term() - termBefore, true);
    }
    Fields.writeBytes(output, "payload", entry.payload(), Limits.MAX_FRAME_BYTES);
  }

  /**
   * Reads what {@link #write} wrote, given the same three values.
   *
   * @return the entries; cannot be changed
   * @throws MalformedBytesException if it is not what was written
   */
  public static List<LogEntry> read(
      Input input, long previousIndex, long previousTerm, long previousHash) {
    int count = Fields.readCount(input, "entries", Limits.MAX_ENTRIES, MIN_ENTRY_BYTES);
    if (count == 0) {
      return List.of();
    }
    LogEntry[] entries = new LogEntry[count];
    long index = previousIndex;
    long term = previousTerm;
    long hash = previousHash;
    for (int i = 0; i < count; i++) {
      LogEntry entry = readEntry(input, ++index, term, hash);
      term = entry.term();
      hash = entry.hash();
      entries[i] = entry;
    }
    if (input.readLong() != hash) {
      throw new MalformedBytesException(
          "the chain hash of entry " + index + "@" + term + " does not fit its content");
    }
    return Collections.unmodifiableList(Arrays.asList(entries));
  }

  private static LogEntry readEntry(Input input, long index, long termBefore, long hashBefore) {
    byte tag = input.readByte();
    long term = termBefore;
    if ((tag & TERM_CHANGES) != 0) {
      long step = Fields.readCounter(input, "term step");
      term = Fields.checkCounter("term", termBefore + step);
    }
    Fields.checkCounter("index", index);
    LogEntry.Kind kind = LogEntry.Kind.of((byte) (tag & 0x7F));
    byte[] payload = Fields.readBytes(input, "payload", Limits.MAX_FRAME_BYTES);
    return LogEntry.following(hashBefore, index, term, kind, payload);
  }
}
