package io.pekkoraft.failover;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.ActorSystem;

/** The ways to have a single instance that are shown beside each other. */
public enum Variant {
  RAFT("RaftSingleton, defaults", ""),
  PEKKO("Cluster Singleton, defaults", ""),
  PEKKO_TUNED(
      "Cluster Singleton, tuned",
      """
      pekko.cluster.split-brain-resolver.stable-after = 5 s
      """),
  /** Far below what Pekko recommends, so that a frozen node is soon replaced. */
  PEKKO_HASTY(
      "Cluster Singleton, hasty",
      """
      pekko.cluster.failure-detector { heartbeat-interval = 200 ms, acceptable-heartbeat-pause = 500 ms }
      pekko.cluster.split-brain-resolver.stable-after = 500 ms
      """);

  private final String label;
  private final String settings;

  Variant(String label, String settings) {
    this.label = label;
    this.settings = settings;
  }

  /** By the name that people give it: {@code pekko-tuned}. */
  public static Variant of(String id) {
    return Arrays.stream(values())
        .filter(variant -> variant.id().equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no variant "
                        + id
                        + "; there are "
                        + Arrays.stream(values()).map(Variant::id).toList()));
  }

  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  public boolean isRaft() {
    return name().startsWith("RAFT");
  }

  /** For people. */
  public String label() {
    return label;
  }

  /** What is set besides addresses, for people. */
  public String settings() {
    String own = settings.strip().replace("\n", "; ");
    String common = isRaft() ? "" : PekkoHosting.SETTINGS;
    return Stream.of(common, own, "otherwise defaults")
        .filter(text -> !text.isEmpty())
        .collect(Collectors.joining("; "))
        .replaceFirst("^otherwise defaults$", "all defaults");
  }

  Config configuration(NodeArguments node) {
    return ConfigFactory.parseString(settings)
        .withFallback(
            isRaft() ? RaftHosting.configuration(node) : PekkoHosting.configuration(node));
  }

  Hosting start(ActorSystem<?> system, NodeArguments node, Instance.Factory instances) {
    return isRaft()
        ? RaftHosting.start(system, instances)
        : PekkoHosting.start(system, node, instances);
  }
}
