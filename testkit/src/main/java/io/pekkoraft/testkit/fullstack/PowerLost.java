package io.pekkoraft.testkit.fullstack;

/** Leaves whatever was running on a machine when the power went; nobody gets to see it. */
final class PowerLost extends Error {
  private static final long serialVersionUID = 1L;

  PowerLost() {
    super("the power is gone", null, false, false);
  }
}
