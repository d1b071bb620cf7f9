package io.pekkoraft.layout;

/**
 * Hard caps on what a record or a message may hold. What is above them is neither written nor read,
 * so that nothing can be stored that could not be recovered. They are far above sensible
 * configurations: the limits in daily use are settings.
 */
public final class Limits {
  /**
   * Terms, indexes and other counters stay below this. A peer that claims a term near 2^63 would
   * otherwise block its group for good, as no term could follow.
   */
  public static final long COUNTER_LIMIT = 1L << 62;

  /** Members of a configuration. */
  public static final int MAX_MEMBERS = 255;

  /** Characters of a name, see {@link io.pekkoraft.log.Names}. */
  public static final int MAX_NAME_BYTES = 64;

  /** UTF-8 bytes of a member's address. */
  public static final int MAX_ADDRESS_BYTES = 512;

  /** UTF-8 bytes of the name of a snapshot's file. */
  public static final int MAX_FILE_NAME_BYTES = 255;

  /** Characters of the hash of a snapshot's content. */
  public static final int MAX_CONTENT_HASH_BYTES = 128;

  /** Entries of one append, and of one batch in the journal. */
  public static final int MAX_ENTRIES = 1 << 20;

  /** Bytes of one record or message. */
  public static final int MAX_FRAME_BYTES = 1 << 28;

  private Limits() {}
}
