package io.pekkoraft.node;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;

class RemotingCheckTest {

  private static void check(String overrides) {
    check(overrides, RemotingCheck::check);
  }

  private static void check(String overrides, Consumer<ActorSystem<?>> check) {
    ActorSystem<Void> system =
        ActorSystem.create(
            Behaviors.empty(),
            "check",
            ConfigFactory.parseString(
                    "pekko.loglevel = ERROR\npekko.remote.warn-about-direct-use = off\n"
                        + "pekko.remote.artery.canonical { hostname = 127.0.0.1, port = 0 }\n"
                        + overrides)
                .withFallback(ConfigFactory.load()));
    try {
      check.accept(system);
    } finally {
      system.terminate();
      system.getWhenTerminated().toCompletableFuture().join();
    }
  }

  @Test
  void a_system_that_compresses_references_is_refused_and_told_what_to_set() {
    assertThatThrownBy(() -> check("pekko.actor.provider = remote"))
        .hasMessageContaining("pekko.remote.artery.advanced.compression.actor-refs.max = off");
  }

  @Test
  void without_compression_or_without_remoting_all_is_well() {
    assertThatCode(
            () ->
                check(
                    "pekko.actor.provider = remote\n"
                        + "pekko.remote.artery.advanced.compression.actor-refs.max = off"))
        .doesNotThrowAnyException();
    assertThatCode(() -> check("")).doesNotThrowAnyException();
  }

  @Test
  void what_remoting_would_drop_is_refused_and_told_what_to_set() {
    String remote = "pekko.actor.provider = remote\n";
    assertThatThrownBy(() -> checkSizes(remote + "pekko-raft.snapshot-part-bytes = 250 KiB"))
        .hasMessageContaining("pekko-raft.snapshot-part-bytes allows messages of 264192 bytes")
        .hasMessageContaining("pekko.remote.artery.advanced.maximum-frame-size");
    assertThatCode(() -> checkSizes(remote)).doesNotThrowAnyException();
    assertThatCode(
            () ->
                checkSizes(
                    remote
                        + "pekko-raft.max-command-bytes = 1 MiB\n"
                        + "pekko.remote.artery.advanced.maximum-frame-size = 2 MiB"))
        .doesNotThrowAnyException();
    assertThatCode(
            () ->
                checkSizes(
                    remote
                        + "pekko-raft.max-command-bytes = 1 MiB\n"
                        + "pekko.remote.artery.large-message-destinations"
                        + " = [\"/system/pekko-raft-*\"]"))
        .doesNotThrowAnyException();
    assertThatCode(() -> checkSizes("pekko-raft.max-command-bytes = 1 MiB"))
        .doesNotThrowAnyException();
  }

  private static void checkSizes(String overrides) {
    check(
        overrides,
        system ->
            RemotingCheck.checkSizes(
                system,
                SettingsReader.protocol(system.settings().config().getConfig("pekko-raft"))));
  }
}
