package io.pekkoraft.testkit;

import io.pekkoraft.log.LogEntry;
import io.pekkoraft.testkit.keyvalue.KeyValueBytes;
import io.pekkoraft.testkit.linearizability.KeyValueReply;
import io.pekkoraft.testkit.linearizability.KeyValueRequest;
import io.pekkoraft.testkit.linearizability.KeyValueSpecification;
import io.pekkoraft.testkit.linearizability.Specification.Step;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Knows the order in which commands are committed, and does them in that order by the
 * specification: what a client is told must be that, and what a member shows of its own state must
 * be the state at the index that it names. {@link ClientChecks} sees to the order itself: what is
 * asked after an answer is committed after it.
 */
final class KeyValueOracle implements SimulationListener {
  private final Invariants invariants;
  private final KeyValueSpecification specification = new KeyValueSpecification();
  private final Map<Long, KeyValueReply> replies = new HashMap<>();
  private final Map<String, TreeMap<Long, Optional<String>>> versions = new HashMap<>();

  KeyValueOracle(Invariants invariants) {
    this.invariants = invariants;
  }

  @Override
  public void committed(LogEntry entry) {
    if (entry.kind() != LogEntry.Kind.COMMAND
        || KeyValueBytes.isNothing(ApplicationState.commandOf(entry))) {
      return;
    }
    KeyValueRequest request = KeyValueBytes.request(ApplicationState.commandOf(entry));
    TreeMap<Long, Optional<String>> values =
        versions.computeIfAbsent(request.key(), key -> new TreeMap<>());
    Optional<String> before =
        values.isEmpty() ? specification.initial() : values.lastEntry().getValue();
    Step<Optional<String>, KeyValueReply> step = specification.step(before, request);
    if (!step.state().equals(before)) {
      values.put(entry.index(), step.state());
    }
    replies.put(ByteBuffer.wrap(entry.payload()).getLong(), step.output());
  }

  /** A client is told this, of an operation that is committed. */
  void answered(Operation operation, KeyValueReply reply) {
    KeyValueReply expected = replies.remove(operation.id());
    if (!reply.equals(expected)) {
      throw invariants.violation(
          "I17 the answer is what the order of commits leads to",
          operation + ": " + reply + " instead of " + expected);
    }
  }

  /** A member shows its own value of a key, as of an index. */
  void shown(SimulatedNode node, String key, @Nullable String value, long appliedIndex) {
    TreeMap<Long, Optional<String>> values = versions.get(key);
    Map.Entry<Long, Optional<String>> version =
        values == null ? null : values.floorEntry(appliedIndex);
    String expected = version == null ? null : version.getValue().orElse(null);
    if (!Objects.equals(value, expected)) {
      throw invariants.violation(
          "a local read shows the state of its index",
          node + ": " + key + " at " + appliedIndex + " is " + value + " instead of " + expected);
    }
  }
}
