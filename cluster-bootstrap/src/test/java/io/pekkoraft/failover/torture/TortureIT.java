package io.pekkoraft.failover.torture;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.failover.SingletonNodes;
import io.pekkoraft.failover.Variant;
import io.pekkoraft.failover.torture.Violation.Rule;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A few rounds of {@link TortureSingleton}; with cut networks only where that is allowed. */
class TortureIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Longer than a lease, so that the instance moves. */
  private static final Duration FAULT = Duration.ofMillis(2500);

  /** On a machine that is as busy as that it takes longer. */
  private static final Duration LONGEST_FAULT = Duration.ofSeconds(40);

  @TempDir Path directory;

  @Test
  @Timeout(value = 15, unit = TimeUnit.MINUTES) // half a minute, unless the machine is busy
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
        rounds.add(movingRound(torture, rounds.size(), kind));
      }

      // Of a busy machine terms say nothing: it elects also when nobody is at fault.
      assertThat(torture.rules().violations())
          .filteredOn(violation -> violation.rule() != Rule.STEADY_TERMS)
          .as("rounds: %s", rounds)
          .isEmpty();
      assertThat(rounds).as("moved").allMatch(round -> !round.movedTo().isEmpty());
      assertThat(torture.rules().questions()).as("questions handled").isPositive();
    }
  }

  private static Round movingRound(Torture torture, int number, Kind kind) throws Exception {
    Duration time = FAULT;
    Round round = torture.round(number, kind, time, new SplittableRandom(1));
    while (round.movedTo().isEmpty() && time.compareTo(LONGEST_FAULT) < 0) {
      time = time.multipliedBy(2);
      round = torture.round(number, kind, time, new SplittableRandom(1));
    }
    return round;
  }

  private static @Nullable Namespaces networkIfAllowed() {
    try {
      return Namespaces.create(SingletonNodes.IDS);
    } catch (IOException notAllowed) {
      return null;
    }
  }
}
