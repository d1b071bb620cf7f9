package io.pekkoraft.persistence.wal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The batch being put together: its operations, their records, the numbers that they take. */
final class Composition {
  private final String directory;
  private final WalIndex index;
  private final BatchBuilder builder = new BatchBuilder();
  private final List<Operation> operations = new ArrayList<>();

  /** Numbers taken by this batch: in the index they appear only when it is durable. */
  private final Map<String, Taken> taken = new HashMap<>();

  private long number;
  private boolean refusedWhenFull;
  private int reserved;

  /** The number that an id has reached in a batch. Kept, so that a batch makes no new one. */
  private static final class Taken {
    private long batch = -1;
    private long sequenceNr;
  }

  /**
   * @param directory what to call the log's directory in messages
   */
  Composition(String directory, WalIndex index) {
    this.directory = directory;
    this.index = index;
  }

  void reset() {
    builder.reset();
    operations.clear();
    number++;
    refusedWhenFull = false;
    reserved = 0;
  }

  /** Adds an operation and its records. */
  void add(Operation operation) throws IOException {
    operations.add(operation);
    refusedWhenFull |= operation.isRefusedWhenFull();
    operation.compose(this);
  }

  /** Whether any of its operations {@link Operation#isRefusedWhenFull}. */
  boolean isRefusedWhenFull() {
    return refusedWhenFull;
  }

  /** States how many bytes of the segment must be left behind the batch. */
  void reserve(int bytes) {
    reserved = bytes;
  }

  int reserved() {
    return reserved;
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

  String directory() {
    return directory;
  }

  WalIndex index() {
    return index;
  }

  /** The highest sequence number of an id, those of this batch included. */
  long highest(String persistenceId) {
    Taken own = taken.get(persistenceId);
    return own == null || own.batch != number ? index.highest(persistenceId) : own.sequenceNr;
  }

  /** Notes that this batch says of an id that a number is used. */
  void raise(String persistenceId, long sequenceNr) {
    if (sequenceNr > highest(persistenceId)) {
      take(persistenceId, sequenceNr);
    }
  }

  void take(String persistenceId, long sequenceNr) {
    Taken own = taken.computeIfAbsent(persistenceId, id -> new Taken());
    own.batch = number;
    own.sequenceNr = sequenceNr;
  }
}
