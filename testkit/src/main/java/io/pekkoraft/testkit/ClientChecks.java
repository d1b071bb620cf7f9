package io.pekkoraft.testkit;

import io.pekkoraft.api.Outcome;
import io.pekkoraft.log.LogEntry;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * What clients were told, against what was committed: I17 to I19, and I21 for all that goes through
 * the log, reads too.
 */
final class ClientChecks {
  private final Invariants invariants;
  private final Map<Long, Operation> operations = new HashMap<>();
  private long answeredIndex;
  private long unanswered;

  ClientChecks(Invariants invariants) {
    this.invariants = invariants;
  }

  void proposed(Operation operation) {
    operations.put(operation.id(), operation);
    operation.askedAfter(answeredIndex);
    unanswered++;
  }

  /** An entry is committed for the first time. */
  void committed(LogEntry entry) {
    if (entry.kind() != LogEntry.Kind.COMMAND) {
      return;
    }
    long id = ByteBuffer.wrap(entry.payload()).getLong();
    Operation operation = operations.get(id);
    if (operation == null) {
      throw invariants.violation(
          "I19 every command was proposed", "operation " + id + " in " + entry);
    }
    if (operation.committedIndex() != 0) {
      throw invariants.violation(
          "I19 a command proposed once is committed once", operation + " " + entry);
    }
    if (operation.certainlyFailed()) {
      throw invariants.violation(
          "I19 what certainly failed has no effect", operation + " " + entry);
    }
    if (entry.index() <= operation.answeredBefore()) {
      throw invariants.violation(
          "I21 what is asked after an answer comes after it",
          operation + " " + entry + ", though " + operation.answeredBefore() + " was known");
    }
    operation.committedAt(entry.index());
  }

  void answered(Operation operation, Outcome outcome) {
    unanswered--;
    if (outcome instanceof Outcome.Committed committed) {
      if (operation.committedIndex() != committed.index()) {
        throw invariants.violation("I17 what is acknowledged is committed", operation.toString());
      }
      if (!invariants.states().isResult(committed.index(), committed.result())) {
        throw invariants.violation("I17 the answer is the result", operation.toString());
      }
      answeredIndex = Math.max(answeredIndex, committed.index());
    } else if (operation.certainlyFailed() && operation.committedIndex() != 0) {
      throw invariants.violation("I19 what certainly failed has no effect", operation.toString());
    }
  }

  /** The last entry that a client knows to be committed. */
  long answeredIndex() {
    return answeredIndex;
  }

  /** How many there were. */
  long proposed() {
    return operations.size();
  }

  /** Operations whose client waits. */
  long unanswered() {
    return unanswered;
  }
}
