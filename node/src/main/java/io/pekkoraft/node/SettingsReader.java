package io.pekkoraft.node;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import io.pekkoraft.role.NodeSettings;

/** Reads the settings of the protocol from configuration; {@code reference.conf} explains each. */
public final class SettingsReader {
  private SettingsReader() {}

  /**
   * @param config the configuration below {@code pekko-raft}
   * @throws ConfigException naming the key that is missing, of another type or out of range
   */
  public static NodeSettings protocol(Config config) {
    try {
      return new NodeSettings(
          config.getDuration("heartbeat-interval"),
          config.getDuration("election-timeout"),
          config.getDouble("clock-drift-bound"),
          config.getInt("max-append-entries"),
          bytes(config, "max-append-bytes"),
          config.getInt("max-inflight-appends"),
          bytes(config, "max-command-bytes"),
          config.getBytes("max-uncommitted-bytes"),
          config.getBytes("retained-log-bytes"),
          bytes(config, "snapshot-part-bytes"));
    } catch (IllegalArgumentException e) {
      throw new ConfigException.Generic("pekko-raft: " + e.getMessage(), e);
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
