package io.pekkoraft.persistence.wal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One persisted event, ready to be written. Cannot be built too large for the format, so that
 * encoding it never fails.
 *
 * @param id the persistence id in UTF-8, kept beside the text because every write needs both
 * @param manifest Pekko's event manifest, not that of the serializer
 * @param tags as {@link Tags} lays them out; empty if there are none
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared
record EventRecord(
    String persistenceId,
    byte[] id,
    long sequenceNr,
    long timestamp,
    byte[] manifest,
    byte[] writerUuid,
    Payload payload,
    @Nullable Payload metadata,
    byte[] tags) {

  private static final int MAX_TEXT_BYTES = 0xFFFF;
  static final int MAX_ENCODED_BYTES = 1 << 28;

  /** The one above has no next, and says of lost events that nobody knows where they end. */
  static final long MAX_SEQUENCE_NR = Long.MAX_VALUE - 1;

  EventRecord {
    requireId(persistenceId, id);
    requireText("manifest", manifest);
    requireText("writer UUID", writerUuid);
    requireText("manifest of the serializer", payload.manifest());
    if (metadata != null) {
      requireText("manifest of the metadata's serializer", metadata.manifest());
    }
    if (sequenceNr <= 0 || sequenceNr > MAX_SEQUENCE_NR) {
      throw new IllegalArgumentException(
          "sequence number " + sequenceNr + " is not between 1 and 2^63 - 2");
    }
    long metadataBytes = metadata == null ? 0 : metadata.bytes().length;
    if (payload.bytes().length + metadataBytes + tags.length
        > MAX_ENCODED_BYTES - 8L * MAX_TEXT_BYTES) {
      throw new IllegalArgumentException(
          "an event of "
              + payload.bytes().length
              + " bytes is too large for the write-ahead log,"
              + " which takes up to "
              + (MAX_ENCODED_BYTES - 8 * MAX_TEXT_BYTES));
    }
  }

  static EventRecord of(
      String persistenceId,
      long sequenceNr,
      long timestamp,
      String manifest,
      String writerUuid,
      Payload payload,
      @Nullable Payload metadata) {
    return new EventRecord(
        persistenceId,
        persistenceId.getBytes(UTF_8),
        sequenceNr,
        timestamp,
        manifest.getBytes(UTF_8),
        writerUuid.getBytes(UTF_8),
        payload,
        metadata,
        RecordFormat.NO_BYTES);
  }

  /** The same event with tags. */
  EventRecord tagged(Collection<String> texts) {
    return new EventRecord(
        persistenceId,
        id,
        sequenceNr,
        timestamp,
        manifest,
        writerUuid,
        payload,
        metadata,
        Tags.encode(texts));
  }

  List<String> tagTexts() {
    return Tags.decode(tags);
  }

  /** The same event by another writer. */
  EventRecord by(byte[] writer) {
    return new EventRecord(
        persistenceId, id, sequenceNr, timestamp, manifest, writer, payload, metadata, tags);
  }

  /**
   * Lets pass what can be a persistence id. The empty one stands for those that are not known.
   *
   * @param utf8 the same in UTF-8
   * @throws IllegalArgumentException if it is empty, too long, or has no UTF-8
   */
  static void requireId(String persistenceId, byte[] utf8) {
    if (persistenceId.isEmpty()) {
      throw new IllegalArgumentException("the persistence id is empty");
    }
    requireText("persistence id", utf8);
    requireEncoded(persistenceId, utf8);
  }

  /** Half a surrogate pair has no UTF-8: the id would come back as another. */
  private static void requireEncoded(String text, byte[] utf8) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        if (!text.equals(new String(utf8, UTF_8))) {
          throw new IllegalArgumentException("the persistence id has no UTF-8");
        }
        return;
      }
    }
  }

  private static void requireText(String what, byte[] text) {
    if (text.length > MAX_TEXT_BYTES) {
      throw new IllegalArgumentException(
          "the " + what + " has " + text.length + " bytes, more than " + MAX_TEXT_BYTES);
    }
  }
}
