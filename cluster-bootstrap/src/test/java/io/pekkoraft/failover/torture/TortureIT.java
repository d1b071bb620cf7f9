package io.pekkoraft.failover.torture;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.failover.SingletonNodes;
import io.pekkoraft.failover.Variant;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A few rounds of {@link TortureSingleton}; with cut networks only where that is allowed. */
class TortureIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Longer than a lease, so that the instance moves. */
  private static final Duration FAULT = Duration.ofMillis(2500);

  @TempDir Path directory;

  @Test
  void there_is_never_a_second_instance_whatever_stops_or_is_cut() throws Exception {
    @Nullable Namespaces network = networkIfAllowed();
    try (network;
        Torture torture = new Torture(Variant.RAFT, directory, network, PATIENCE)) {
      List<Kind> kinds =
          List.of(
              Kind.FREEZE_INSIDE,
              Kind.FREEZE_MAILBOX,
              network == null ? Kind.FREEZE_IDLE : Kind.ISOLATE_INSTANCE);
      List<Round> rounds = new ArrayList<>();
      for (Kind kind : kinds) {
        rounds.add(torture.round(rounds.size(), kind, FAULT, new SplittableRandom(1)));
      }

      assertThat(torture.rules().violations()).as("rounds: %s", rounds).isEmpty();
      assertThat(rounds).as("moved").allMatch(round -> !round.movedTo().isEmpty());
      assertThat(torture.rules().questions()).as("questions handled").isPositive();
    }
  }

  private static @Nullable Namespaces networkIfAllowed() {
    try {
      return Namespaces.create(SingletonNodes.IDS);
    } catch (IOException notAllowed) {
      return null;
    }
  }
}
