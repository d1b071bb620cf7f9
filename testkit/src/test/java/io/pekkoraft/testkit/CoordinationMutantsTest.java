package io.pekkoraft.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.api.Leadership;
import io.pekkoraft.coordination.GrantsSettings;
import io.pekkoraft.coordination.Ping;
import io.pekkoraft.coordination.Pong;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Known mistakes in granting leases, put back: the random runs have to find each of them. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class CoordinationMutantsTest {
  private static final int SEEDS = 400;

  /**
   * @param first the seed that found it last time; others are tried after it
   */
  private static void isFound(String mistake, long first, Supplier<CoordinationFaults> faults) {
    isFound(
        mistake, first, seed -> CoordinationSwarm.run(seed, false, "seed " + seed, faults.get()));
  }

  private static void isFound(String mistake, long first, LongConsumer run) {
    for (long seed = first; seed < first + SEEDS; seed++) {
      try {
        run.accept(seed);
      } catch (InvariantViolation violation) {
        System.out.printf(
            "%s: seed %d, %s%n",
            mistake, seed, String.valueOf(violation.getMessage()).lines().findFirst().orElse(""));
        assertThat(violation).hasMessageMatching("(?s)(I30|no two handlers).*");
        return;
      }
    }
    throw new AssertionError("not found in " + SEEDS + " seeds: " + mistake);
  }

  private static Pong pong(Pong like, long term, long counter, long echoNanos, long ageNanos) {
    return new Pong(
        like.session(),
        term,
        counter,
        echoNanos,
        ageNanos,
        like.leaseNanos(),
        like.knownRevision(),
        like.held(),
        like.refused(),
        like.undecided(),
        like.instances());
  }

  @Test
  void an_instance_that_does_not_ask_whether_it_holds_its_lease() {
    isFound(
        "the gate is open always",
        1L,
        () ->
            new CoordinationFaults() {
              @Override
              boolean ignoresLease() {
                return true;
              }
            });
  }

  @Test
  void a_lease_that_begins_when_the_answer_is_received() {
    isFound(
        "the lease is counted from receipt",
        184L,
        () ->
            new CoordinationFaults() {
              @Override
              Pong received(Pong honest, @Nullable Pong before, long lastSentNanos) {
                return pong(honest, honest.term(), honest.counter(), lastSentNanos, 0);
              }
            });
  }

  @Test
  void a_lease_that_is_not_shortened_by_the_age_of_its_proof() {
    isFound(
        "the age of the proof is left out",
        322L,
        () ->
            new CoordinationFaults() {
              @Override
              Pong received(Pong honest, @Nullable Pong before, long lastSentNanos) {
                return pong(honest, honest.term(), honest.counter(), honest.echoNanos(), 0);
              }
            });
  }

  @Test
  void an_old_answer_that_is_believed() {
    isFound(
        "an old pong is accepted",
        1L,
        () ->
            new CoordinationFaults() {
              @Override
              Pong received(Pong honest, @Nullable Pong before, long lastSentNanos) {
                long term = before == null ? honest.term() : Math.max(before.term(), honest.term());
                long counter = before == null ? honest.counter() : before.counter() + 1;
                return pong(honest, term, counter, honest.echoNanos(), honest.provenAgeNanos());
              }
            });
  }

  @Test
  void a_leader_that_takes_too_early() {
    isFound(
        "half an election timeout is waited",
        7L,
        () ->
            new CoordinationFaults() {
              @Override
              GrantsSettings settings(GrantsSettings honest) {
                return new GrantsSettings(
                    honest.electionTimeoutNanos() / 2,
                    honest.driftBound(),
                    honest.pingIntervalNanos(),
                    honest.handlerGraceNanos(),
                    honest.rebalanceAfterNanos());
              }
            });
  }

  @Test
  void a_leader_that_leaves_handlers_no_time_to_end() {
    isFound(
        "no handler grace",
        51L,
        seed ->
            CoordinationScenarioTest.holderIsCutOff(
                seed,
                new CoordinationFaults() {
                  @Override
                  GrantsSettings settings(GrantsSettings honest) {
                    return new GrantsSettings(
                        honest.electionTimeoutNanos(),
                        honest.driftBound(),
                        honest.pingIntervalNanos(),
                        0,
                        honest.rebalanceAfterNanos());
                  }
                }));
  }

  @Test
  void a_leader_by_transfer_that_does_not_wait_for_earlier_leases() {
    isFound(
        "leases outlive a transfer",
        3L,
        () ->
            new CoordinationFaults() {
              @Override
              Leadership leadership(Leadership honest) {
                return new Leadership(
                    honest.term(),
                    honest.electedNanos(),
                    false,
                    honest.leaseNanos(),
                    honest.quorumSentNanos());
              }

              @Override
              void look(Leadership honest, Leadership told) {
                told.acknowledged(honest.quorumSentNanos());
                if (honest.isOver()) {
                  told.end();
                }
              }
            });
  }

  @Test
  void a_decision_that_a_later_leader_can_append() {
    isFound(
        "commands are proposed in any term",
        287L,
        () ->
            new CoordinationFaults() {
              @Override
              long onlyInTerm(long honest) {
                return 0;
              }
            });
  }

  @Test
  void a_leader_that_answers_whom_it_takes_something_from() {
    isFound(
        "nobody is withheld",
        2L,
        () ->
            new CoordinationFaults() {
              @Override
              @Nullable Pong answer(Ping ping, @Nullable Pong honest, @Nullable Pong before) {
                return honest != null || before == null
                    ? honest
                    : pong(before, before.term(), before.counter() + 1, ping.sentNanos(), 0);
              }
            });
  }
}
