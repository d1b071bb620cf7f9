package io.pekkoraft.coordination;

import java.nio.charset.StandardCharsets;

/** What a name may look like, and how much there may be. Checked where things enter. */
public final class CoordinationLimits {
  /** Characters of a name. */
  public static final int MAX_NAME_CHARACTERS = 255;

  /** UTF-8 bytes of the text that says for whom a lease is. */
  public static final int MAX_OWNER_BYTES = 512;

  /** UTF-8 bytes of a session's name, which is an address. */
  public static final int MAX_SESSION_NAME_BYTES = 512;

  /** UTF-8 bytes of the path of an instance. */
  public static final int MAX_PATH_BYTES = 1024;

  /** Names in the whole table. */
  public static final int MAX_TABLE_NAMES = 10_000;

  /** Names that one session offers, watches or acquires, in all. */
  public static final int MAX_SESSION_NAMES = 1000;

  /** A session's wishes may have about so many bytes: a ping has to fit into a frame of Artery. */
  public static final int MAX_WISHES_BYTES = 160 * 1024;

  /** The shortest time to live of a lease: what is below would be nothing, with the drift off. */
  public static final long MIN_TIME_TO_LIVE_NANOS = 1_000_000;

  /** The longest time to live of a lease: a day. */
  public static final long MAX_TIME_TO_LIVE_NANOS = 86_400_000_000_000L;

  /** What a decoder puts where the bytes are not UTF-8. */
  static final char NOT_UTF_8 = '\uFFFD';

  private CoordinationLimits() {}

  /** True for 1 to 255 printable characters of ASCII, the space not being one of them. */
  public static boolean isName(String name) {
    if (name.isEmpty() || name.length() > MAX_NAME_CHARACTERS) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c <= ' ' || c > '~') {
        return false;
      }
    }
    return true;
  }

  /**
   * @return {@code name}
   * @throws IllegalArgumentException if {@link #isName} says no
   */
  public static String checkName(String name) {
    if (!isName(name)) {
      throw new IllegalArgumentException(
          "a name has 1 to "
              + MAX_NAME_CHARACTERS
              + " characters from '!' to '~', which '"
              + name
              + "' has not: escape what else there is");
    }
    return name;
  }

  /**
   * @return {@code owner}
   * @throws IllegalArgumentException if it is too long, or nothing that UTF-8 can carry
   */
  public static String checkOwner(String owner) {
    int bytes = owner.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MAX_OWNER_BYTES || owner.indexOf(NOT_UTF_8) >= 0) {
      throw new IllegalArgumentException(
          "an owner has at most " + MAX_OWNER_BYTES + " bytes of UTF-8, not " + bytes);
    }
    return owner;
  }

  /**
   * @return {@code nanos}
   * @throws IllegalArgumentException if it is too short or too long
   */
  public static long checkTimeToLive(long nanos) {
    if (nanos < MIN_TIME_TO_LIVE_NANOS || nanos > MAX_TIME_TO_LIVE_NANOS) {
      throw new IllegalArgumentException(
          "the time to live of a lease is from 1 ms to a day, not " + nanos + " ns");
    }
    return nanos;
  }
}
