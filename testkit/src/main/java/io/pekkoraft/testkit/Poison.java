package io.pekkoraft.testkit;

import java.util.HashSet;
import java.util.Set;

/** Commands at which every state machine throws, whichever member it is on, until it is mended. */
final class Poison {
  private final Set<Long> operations = new HashSet<>();

  void add(long operation) {
    operations.add(operation);
  }

  void mend() {
    operations.clear();
  }

  boolean isIn(byte[] command) {
    return !operations.isEmpty() && operations.contains(Operation.idOf(command));
  }
}
