package io.pekkoraft.testkit.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.testkit.lease.MemoryLeases.Fault;
import java.lang.reflect.Method;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each mistake of an implementation is caught by the sentence of the contract that it breaks. */
class LeaseContractTest {

  @ParameterizedTest
  @CsvSource({
    "GRANTS_TO_ALL, nobody_else_gets_it",
    "GRANTS_TO_ALL, two_owners_never_hold_it_at_once",
    "IGNORES_THE_OWN_CLOCK, a_silent_holder_loses_it_and_is_told_once",
    "IGNORES_THE_OWN_CLOCK, two_owners_never_hold_it_at_once",
    "TELLS_BEFORE_THE_ACQUISITION, a_free_lease_is_granted",
    "TELLS_BEFORE_THE_ACQUISITION, nobody_else_gets_it",
    "TELLS_TWICE, a_silent_holder_loses_it_and_is_told_once",
    "TELLS_NEVER, a_silent_holder_loses_it_and_is_told_once",
    "TELLS_OF_A_RELEASE, what_is_released_can_be_taken_over",
    "CHECKS_BY_ASKING, checking_never_blocks",
    "SAYS_NO_FOR_UNKNOWN, no_answer_is_neither_yes_nor_no",
    "SAYS_RELEASED_FOR_UNKNOWN, a_release_without_an_answer_is_no_success",
    "LETS_ANYBODY_RELEASE, releasing_what_is_not_held_takes_it_from_nobody",
    "REFUSES_ITS_OWNER, its_owner_gets_it_again",
    "CANNOT_BE_HAD_AGAIN, a_lost_lease_can_be_had_again",
  })
  void a_mistake_is_caught(Fault fault, String sentence) throws Exception {
    assertThat(broken(fault, LeaseContract.class.getMethod(sentence))).isNotEmpty();
  }

  /** Why the sentence is broken; empty if it is not. */
  private static String broken(Fault fault, Method sentence) {
    try (MemoryLeases leases = new MemoryLeases(fault)) {
      LeaseContract contract = new Contract(leases);
      try {
        sentence.invoke(contract);
        contract.nobodyWasToldOfALossOutOfOrder();
        return "";
      } catch (ReflectiveOperationException e) {
        return String.valueOf(e.getCause());
      } catch (AssertionError e) {
        return String.valueOf(e.getMessage());
      }
    }
  }

  private static final class Contract extends LeaseContract {
    private final MemoryLeases leases;

    private Contract(MemoryLeases leases) {
      this.leases = leases;
    }

    @Override
    protected LeaseHarness harness() {
      return leases;
    }

    @Override
    protected Duration patience() {
      return Duration.ofSeconds(3);
    }

    @Override
    protected int rounds() {
      return 12;
    }
  }
}
