package io.pekkoraft.persistence.wal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The batch being put together: its operations, their records, the numbers that they take. */
final class Composition {
  private final WalIndex index;
  private final BatchBuilder builder = new BatchBuilder();
  private final List<Operation> operations = new ArrayList<>();

  /** Numbers taken by this batch: in the index they appear only when it is durable. */
  private final Map<String, Long> taken = new HashMap<>();

  Composition(WalIndex index) {
    this.index = index;
  }

  void reset() {
    builder.reset();
    operations.clear();
    taken.clear();
  }

  BatchBuilder builder() {
    return builder;
  }

  List<Operation> operations() {
    return operations;
  }

  boolean isEmpty() {
    return operations.isEmpty();
  }

  WalIndex index() {
    return index;
  }

  /** The highest sequence number of an id, those of this batch included. */
  long highest(String persistenceId) {
    Long own = taken.get(persistenceId);
    return own == null ? index.highest(persistenceId) : own;
  }

  void take(String persistenceId, long sequenceNr) {
    taken.put(persistenceId, sequenceNr);
  }
}
