package io.pekkoraft.persistence.wal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The layout of one record ({@code docs/format.md}, "Record"): a fixed header, the texts, the
 * payload, the metadata if any, and a CRC-32C over all of it.
 */
final class RecordFormat {
  static final int EVENT = 1;

  /** An event moved here from an older segment, so that the old one can be deleted. */
  static final int COPIED_EVENT = 2;

  /** Events up to the sequence number are deleted. */
  static final int DELETION = 3;

  /** What is known of one persistence id when a segment starts: highest, deleted-to. */
  static final int CATALOGUE = 4;

  /** A segment that the log consists of when a segment starts; its number as sequence number. */
  static final int LIVE_SEGMENT = 5;

  /** A segment that is about to be deleted; its number as sequence number. */
  static final int DROPPED_SEGMENT = 6;

  /** Events are lost: from the sequence number to the second number, or nobody knows to where. */
  static final int LOST = 7;

  /** No event above the sequence number is lost. */
  static final int NOTHING_LOST_ABOVE = 8;

  private static final int HAS_METADATA = 1;

  /** Only in batches of version 3. */
  private static final int HAS_TAGS = 2;

  static final int HEADER_BYTES = 40;
  private static final int METADATA_HEADER_BYTES = 12;
  private static final int TAGS_HEADER_BYTES = 4;
  private static final int CRC_BYTES = 4;

  private static final int FLAGS_AT = 1;
  private static final int ID_LENGTH_AT = 2;
  private static final int LENGTH_AT = 4;
  private static final int SEQUENCE_NR_AT = 8;
  private static final int TIMESTAMP_AT = 16;
  private static final int SERIALIZER_AT = 24;
  private static final int PAYLOAD_LENGTH_AT = 28;
  private static final int SERIALIZER_MANIFEST_LENGTH_AT = 32;
  private static final int MANIFEST_LENGTH_AT = 34;
  private static final int WRITER_LENGTH_AT = 36;

  static final byte[] NO_BYTES = {};

  private RecordFormat() {}

  static int encodedLength(EventRecord event) {
    Payload metadata = event.metadata();
    return HEADER_BYTES
        + event.id().length
        + event.payload().manifest().length
        + event.manifest().length
        + event.writerUuid().length
        + event.payload().bytes().length
        + (metadata == null
            ? 0
            : METADATA_HEADER_BYTES + metadata.manifest().length + metadata.bytes().length)
        + (event.tags().length == 0 ? 0 : TAGS_HEADER_BYTES + event.tags().length)
        + CRC_BYTES;
  }

  static int encodedLength(byte[] id) {
    return HEADER_BYTES + id.length + CRC_BYTES;
  }

  /** Writes {@code event} at {@code at}; {@code length} is its {@link #encodedLength}. */
  static void encode(EventRecord event, int length, byte[] target, int at) {
    Payload payload = event.payload();
    Payload metadata = event.metadata();
    putHeader(target, at, EVENT, length, event.id().length, event.sequenceNr(), event.timestamp());
    target[at + FLAGS_AT] =
        (byte) ((metadata == null ? 0 : HAS_METADATA) | (event.tags().length == 0 ? 0 : HAS_TAGS));
    Bytes.putInt(target, at + SERIALIZER_AT, payload.serializerId());
    Bytes.putInt(target, at + PAYLOAD_LENGTH_AT, payload.bytes().length);
    Bytes.putShort(target, at + SERIALIZER_MANIFEST_LENGTH_AT, payload.manifest().length);
    Bytes.putShort(target, at + MANIFEST_LENGTH_AT, event.manifest().length);
    Bytes.putShort(target, at + WRITER_LENGTH_AT, event.writerUuid().length);
    int to = at + HEADER_BYTES;
    to = put(event.id(), target, to);
    to = put(payload.manifest(), target, to);
    to = put(event.manifest(), target, to);
    to = put(event.writerUuid(), target, to);
    to = put(payload.bytes(), target, to);
    if (metadata != null) {
      Bytes.putInt(target, to, metadata.serializerId());
      Bytes.putInt(target, to + 4, metadata.manifest().length);
      Bytes.putInt(target, to + 8, metadata.bytes().length);
      to = put(metadata.manifest(), target, to + METADATA_HEADER_BYTES);
      to = put(metadata.bytes(), target, to);
    }
    if (event.tags().length > 0) {
      Bytes.putInt(target, to, event.tags().length);
      put(event.tags(), target, to + TAGS_HEADER_BYTES);
    }
    seal(target, at, length);
  }

  /** Writes a record that has no payload: an id, and up to two numbers. */
  static void encode(int type, byte[] id, long sequenceNr, long second, byte[] target, int at) {
    int length = encodedLength(id);
    putHeader(target, at, type, length, id.length, sequenceNr, second);
    Arrays.fill(target, at + SERIALIZER_AT, at + HEADER_BYTES, (byte) 0);
    target[at + FLAGS_AT] = 0;
    put(id, target, at + HEADER_BYTES);
    seal(target, at, length);
  }

  /** Turns the bytes of an event record into those of its copy. */
  static void markCopied(byte[] target, int at, int length) {
    target[at] = COPIED_EVENT;
    seal(target, at, length);
  }

  private static void putHeader(
      byte[] target, int at, int type, int length, int idLength, long sequenceNr, long second) {
    target[at] = (byte) type;
    Bytes.putShort(target, at + ID_LENGTH_AT, idLength);
    Bytes.putInt(target, at + LENGTH_AT, length);
    Bytes.putLong(target, at + SEQUENCE_NR_AT, sequenceNr);
    Bytes.putLong(target, at + TIMESTAMP_AT, second);
    Bytes.putShort(target, at + WRITER_LENGTH_AT + 2, 0);
  }

  private static int put(byte[] source, byte[] target, int at) {
    System.arraycopy(source, 0, target, at, source.length);
    return at + source.length;
  }

  private static void seal(byte[] target, int at, int length) {
    int crcAt = at + length - CRC_BYTES;
    Bytes.putInt(target, crcAt, Bytes.crc32c(target, at, length - CRC_BYTES));
  }

  /**
   * Checks that a whole record stands at {@code at} and ends at or before {@code end}.
   *
   * @return what is wrong with it, or null
   */
  static @Nullable String defect(byte[] source, int at, int end) {
    if (end - at < HEADER_BYTES + CRC_BYTES) {
      return "a record is cut off";
    }
    int length = length(source, at);
    if (length < HEADER_BYTES + CRC_BYTES || length > end - at) {
      return "a record's length is " + length;
    }
    int crcAt = at + length - CRC_BYTES;
    if (Bytes.getInt(source, crcAt) != Bytes.crc32c(source, at, length - CRC_BYTES)) {
      return "a record's checksum is wrong";
    }
    int type = source[at];
    if (type < EVENT || type > NOTHING_LOST_ABOVE) {
      return "a record has the unknown type " + type;
    }
    return sizesAddUp(source, at, length) ? null : "the lengths in a record do not add up";
  }

  /** Whether a record might start here; far cheaper than {@link #defect}. */
  static boolean isPlausible(byte[] source, int at, int end) {
    if (end - at < HEADER_BYTES + CRC_BYTES
        || source[at] < EVENT
        || source[at] > NOTHING_LOST_ABOVE) {
      return false;
    }
    int length = length(source, at);
    return length >= HEADER_BYTES + CRC_BYTES
        && length <= end - at
        && sizesAddUp(source, at, length);
  }

  private static boolean sizesAddUp(byte[] source, int at, int length) {
    long size =
        (long) HEADER_BYTES
            + idLength(source, at)
            + Bytes.getUnsignedShort(source, at + SERIALIZER_MANIFEST_LENGTH_AT)
            + Bytes.getUnsignedShort(source, at + MANIFEST_LENGTH_AT)
            + Bytes.getUnsignedShort(source, at + WRITER_LENGTH_AT)
            + CRC_BYTES;
    int payload = Bytes.getInt(source, at + PAYLOAD_LENGTH_AT);
    if (payload < 0 || size + payload > length) {
      return false;
    }
    size += payload;
    if ((source[at + FLAGS_AT] & HAS_METADATA) != 0) {
      if (size + METADATA_HEADER_BYTES > length) {
        return false;
      }
      int header = at + (int) size - CRC_BYTES;
      int manifest = Bytes.getInt(source, header + 4);
      int bytes = Bytes.getInt(source, header + 8);
      if (manifest < 0 || bytes < 0) {
        return false;
      }
      size += METADATA_HEADER_BYTES + (long) manifest + bytes;
    }
    return hasTags(source, at) ? tagsAddUp(source, at, size, length) : size == length;
  }

  /**
   * @param size of the record without tags
   */
  private static boolean tagsAddUp(byte[] source, int at, long size, int length) {
    if (size + TAGS_HEADER_BYTES > length) {
      return false;
    }
    int from = at + (int) size - CRC_BYTES + TAGS_HEADER_BYTES;
    int to = at + length - CRC_BYTES;
    return to > from
        && Bytes.getInt(source, from - TAGS_HEADER_BYTES) == to - from
        && Tags.addUp(source, from, to);
  }

  /** Whether a record has what a reader of version 2 does not know. */
  static boolean hasTags(byte[] source, int at) {
    return (source[at + FLAGS_AT] & HAS_TAGS) != 0;
  }

  static int type(byte[] source, int at) {
    return source[at];
  }

  static int length(byte[] source, int at) {
    return Bytes.getInt(source, at + LENGTH_AT);
  }

  private static int idLength(byte[] source, int at) {
    return Bytes.getUnsignedShort(source, at + ID_LENGTH_AT);
  }

  static long sequenceNr(byte[] source, int at) {
    return Bytes.getLong(source, at + SEQUENCE_NR_AT);
  }

  /** The second number of a record without payload. */
  static long second(byte[] source, int at) {
    return Bytes.getLong(source, at + TIMESTAMP_AT);
  }

  static String persistenceId(byte[] source, int at) {
    return new String(source, at + HEADER_BYTES, idLength(source, at), UTF_8);
  }

  /** Reads an event record that has no {@link #defect}. */
  static EventRecord decode(byte[] source, int at) {
    int from = at + HEADER_BYTES;
    byte[] id = copy(source, from, idLength(source, at));
    from += id.length;
    byte[] serializerManifest =
        copy(source, from, Bytes.getUnsignedShort(source, at + SERIALIZER_MANIFEST_LENGTH_AT));
    from += serializerManifest.length;
    byte[] manifest = copy(source, from, Bytes.getUnsignedShort(source, at + MANIFEST_LENGTH_AT));
    from += manifest.length;
    byte[] writer = copy(source, from, Bytes.getUnsignedShort(source, at + WRITER_LENGTH_AT));
    from += writer.length;
    byte[] bytes = copy(source, from, Bytes.getInt(source, at + PAYLOAD_LENGTH_AT));
    from += bytes.length;
    @Nullable Payload metadata = null;
    if ((source[at + FLAGS_AT] & HAS_METADATA) != 0) {
      metadata = decodeMetadata(source, from);
      from += METADATA_HEADER_BYTES + metadata.manifest().length + metadata.bytes().length;
    }
    byte[] tags = NO_BYTES;
    if (hasTags(source, at)) {
      tags = copy(source, from + TAGS_HEADER_BYTES, Bytes.getInt(source, from));
    }
    return new EventRecord(
        new String(id, UTF_8),
        id,
        sequenceNr(source, at),
        Bytes.getLong(source, at + TIMESTAMP_AT),
        manifest,
        writer,
        new Payload(Bytes.getInt(source, at + SERIALIZER_AT), serializerManifest, bytes),
        metadata,
        tags);
  }

  private static Payload decodeMetadata(byte[] source, int at) {
    int from = at + METADATA_HEADER_BYTES;
    byte[] manifest = copy(source, from, Bytes.getInt(source, at + 4));
    byte[] bytes = copy(source, from + manifest.length, Bytes.getInt(source, at + 8));
    return new Payload(Bytes.getInt(source, at), manifest, bytes);
  }

  private static byte[] copy(byte[] source, int from, int length) {
    return length == 0 ? NO_BYTES : Arrays.copyOfRange(source, from, from + length);
  }
}
