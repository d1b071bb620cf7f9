package io.pekkoraft.testkit.lease;

import org.junit.jupiter.api.AfterAll;

/** An implementation that keeps the contract passes it. */
class MemoryLeasesTest extends LeaseContract {
  private static final MemoryLeases LEASES = new MemoryLeases(MemoryLeases.Fault.NONE);

  @AfterAll
  static void close() {
    LEASES.close();
  }

  @Override
  protected LeaseHarness harness() {
    return LEASES;
  }
}
