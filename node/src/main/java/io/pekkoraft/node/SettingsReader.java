package io.pekkoraft.node;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import io.pekkoraft.role.NodeSettings;

/** Reads the settings of the protocol from configuration; {@code reference.conf} explains each. */
public final class SettingsReader {
  private static final String ROOT = "pekko-raft";
  private static final String PREFIX = ROOT + ".";

  private SettingsReader() {}

  /**
   * @param config the configuration below {@code pekko-raft}
   * @throws ConfigException naming the key that is missing, of another type or out of range
   */
  public static NodeSettings protocol(Config config) {
    Config full = config.atPath(ROOT); // so that mistakes are named by their whole path
    try {
      return new NodeSettings(
          full.getDuration(PREFIX + "heartbeat-interval"),
          full.getDuration(PREFIX + "election-timeout"),
          full.getDouble(PREFIX + "clock-drift-bound"),
          full.getInt(PREFIX + "max-append-entries"),
          bytes(full, PREFIX + "max-append-bytes"),
          full.getInt(PREFIX + "max-inflight-appends"),
          bytes(full, PREFIX + "max-command-bytes"),
          full.getBytes(PREFIX + "max-uncommitted-bytes"),
          full.getBytes(PREFIX + "retained-log-bytes"),
          bytes(full, PREFIX + "snapshot-part-bytes"));
    } catch (IllegalArgumentException e) {
      throw new ConfigException.Generic(PREFIX + e.getMessage(), e);
    }
  }

  private static int bytes(Config config, String key) {
    long bytes = config.getBytes(key);
    if (bytes > Integer.MAX_VALUE) {
      throw new ConfigException.BadValue(config.origin(), key, "must be below 2 GiB");
    }
    return (int) bytes;
  }
}
