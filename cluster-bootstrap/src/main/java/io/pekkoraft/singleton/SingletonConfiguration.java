package io.pekkoraft.singleton;

import com.typesafe.config.Config;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * The section {@code pekko-raft.singleton}, checked.
 *
 * @param names the only names there may be; empty for any
 * @param roles this process's own
 */
record SingletonConfiguration(
    int bufferSize, Set<String> names, Set<String> roles, boolean requireStopMessage) {
  static final String ROOT = "pekko-raft.singleton";
  private static final String CLUSTER_ROLES = "pekko.cluster.roles";
  private static final String DATA_CENTER = "pekko.cluster.multi-data-center.self-data-center";

  static SingletonConfiguration of(ActorSystem<?> system) {
    return of(system.settings().config());
  }

  static SingletonConfiguration of(Config all) {
    Config section = all.getConfig(ROOT);
    int bufferSize = section.getInt("buffer-size");
    if (bufferSize < 0) {
      throw new IllegalArgumentException(
          ROOT
              + ".buffer-size = "
              + bufferSize
              + ": how many messages wait cannot be negative; 0 keeps none");
    }
    List<String> names = section.getStringList("names");
    return new SingletonConfiguration(
        bufferSize,
        new LinkedHashSet<>(names),
        roles(all, section),
        section.getBoolean("require-stop-message"));
  }

  /** As a member of a Cluster would have them, though this process need not be one. */
  private static Set<String> roles(Config all, Config section) {
    Set<String> roles = new LinkedHashSet<>(section.getStringList("roles"));
    if (all.hasPath(CLUSTER_ROLES)) {
      roles.addAll(all.getStringList(CLUSTER_ROLES));
    }
    if (all.hasPath(DATA_CENTER)) {
      roles.add("dc-" + all.getString(DATA_CENTER));
    }
    return roles;
  }

  RaftSingletonSettings settings() {
    return RaftSingletonSettings.of(bufferSize);
  }

  /**
   * @throws IllegalArgumentException if the list of names is closed, and this one is not on it
   */
  void checkListed(String name) {
    if (!names.isEmpty() && !names.contains(name)) {
      throw new IllegalArgumentException(
          "singleton '"
              + name
              + "' is not one of "
              + ROOT
              + ".names = "
              + names
              + ": correct the name, add it there on every node, or leave the list empty to allow"
              + " any");
    }
  }

  boolean hosts(RaftSingletonSettings settings) {
    return settings.role().isEmpty() || roles.contains(settings.role().get());
  }
}
