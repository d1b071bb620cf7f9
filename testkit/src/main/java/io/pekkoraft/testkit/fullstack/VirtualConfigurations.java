package io.pekkoraft.testkit.fullstack;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueType;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * Configurations of actor systems, changed so that they run on virtual time: every dispatcher on
 * the thread of the world, every timer on its machine's clock, every file on its machine's disk.
 * Each is made once: merging them showed in a profile of many short lives.
 */
final class VirtualConfigurations {
  /** By the very object: to compare them takes as long as to make one. */
  private final IdentityHashMap<Config, Config> made = new IdentityHashMap<>();

  /**
   * @param overrides what comes before {@code reference.conf} and {@code application.conf}
   */
  Config of(Config overrides) {
    return made.computeIfAbsent(
        overrides, given -> onVirtualTime(given.withFallback(ConfigFactory.load())));
  }

  private static Config onVirtualTime(Config config) {
    Map<String, Object> forced = new HashMap<>();
    config
        .entrySet()
        .forEach(
            entry -> {
              String key = entry.getKey();
              boolean dispatcher =
                  key.endsWith(".executor")
                      && entry.getValue().valueType() == ConfigValueType.STRING;
              if (dispatcher) {
                forced.put(key, PumpedExecutors.class.getName());
                forced.put(
                    key.substring(0, key.length() - "executor".length()) + "type", "Dispatcher");
              }
            });
    forced.put("pekko.actor.provider", SimulatedRefProvider.class.getName());
    forced.put("pekko.scheduler.implementation", VirtualScheduler.class.getName());
    forced.put("pekko.fail-mixed-versions", "off"); // a matter of the class path, not of a run
    forced.put("pekko.jvm-shutdown-hooks", "off");
    forced.put("pekko.jvm-exit-on-fatal-error", "off");
    forced.put("pekko.coordinated-shutdown.run-by-jvm-shutdown-hook", "off");
    forced.put("pekko.coordinated-shutdown.exit-jvm", "off");
    forced.put("pekko.remote.artery.advanced.compression.actor-refs.max", "off");
    String storage = SimulatedStorageProvider.class.getName();
    forced.put("pekko-raft.persistence.journal.storage-provider", storage);
    forced.put("pekko-raft.persistence.snapshot-store.storage-provider", storage);
    forced.put("pekko-raft.snapshot-storage-provider", storage);
    forced.put("pekko-raft.node.storage-provider", storage);
    return ConfigFactory.parseMap(forced).withFallback(config).resolve();
  }
}
