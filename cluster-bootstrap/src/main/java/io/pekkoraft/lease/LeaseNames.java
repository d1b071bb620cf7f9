package io.pekkoraft.lease;

import io.pekkoraft.coordination.CoordinationLimits;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Under which name the coordination group knows a lease. Pekko makes lease names of anything, such
 * as the names that users give their shards; the group takes printable ASCII only, and not too
 * long.
 */
final class LeaseNames {
  private static final String PREFIX = "lease/";
  private static final char ESCAPE = '%';

  /** Stands before a digest, and nowhere else: it is escaped in what users say. */
  private static final char DIGEST = '~';

  private static final int DIGEST_CHARACTERS = 64;

  private LeaseNames() {}

  /** Two leases with different names never have the same one in the group. */
  static String inGroup(String leaseName) {
    StringBuilder name = new StringBuilder(PREFIX);
    for (byte one : leaseName.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (one & 0xff);
      if (c > ' ' && c < '~' && c != ESCAPE) {
        name.append(c);
      } else {
        name.append(ESCAPE).append(HexFormat.of().toHexDigits(one));
      }
    }
    return name.length() <= CoordinationLimits.MAX_NAME_CHARACTERS
        ? name.toString()
        : shortened(name, leaseName);
  }

  private static String shortened(StringBuilder name, String leaseName) {
    name.setLength(CoordinationLimits.MAX_NAME_CHARACTERS - DIGEST_CHARACTERS - 1);
    return name.append(DIGEST).append(digest(leaseName)).toString();
  }

  private static String digest(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has it", e);
    }
  }
}
