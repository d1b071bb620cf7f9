package io.pekkoraft.persistence.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The file name of a stored snapshot. The persistence id goes into it only as a hash, so that no id
 * can name a file elsewhere or one too long; the file itself holds the id in full.
 *
 * @param damaged whether the file was found damaged and put aside
 */
record StoredName(String idHash, long sequenceNr, long timestamp, boolean damaged) {
  private static final String DAMAGED_SUFFIX = ".damaged";
  private static final Pattern PATTERN =
      Pattern.compile("([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{16})\\.snapshot(\\.damaged)?");

  static String hash(String persistenceId) {
    byte[] digest = SnapshotFiles.sha256().digest(persistenceId.getBytes(UTF_8));
    return HexFormat.of().formatHex(digest, 0, 16);
  }

  static @Nullable StoredName parse(String file) {
    Matcher matcher = PATTERN.matcher(file);
    if (!matcher.matches()) {
      return null;
    }
    return new StoredName(
        matcher.group(1),
        Long.parseUnsignedLong(matcher.group(2), 16),
        Long.parseUnsignedLong(matcher.group(3), 16),
        matcher.group(4) != null);
  }

  StoredName putAside() {
    return new StoredName(idHash, sequenceNr, timestamp, true);
  }

  String file() {
    return String.format(
        Locale.ROOT,
        "%s-%016x-%016x.snapshot%s",
        idHash,
        sequenceNr,
        timestamp,
        damaged ? DAMAGED_SUFFIX : "");
  }
}
