package io.pekkoraft.testkit.linearizability;

import io.pekkoraft.testkit.linearizability.KeyValueRequest.Append;
import io.pekkoraft.testkit.linearizability.KeyValueRequest.CompareAndSet;
import io.pekkoraft.testkit.linearizability.KeyValueRequest.Delete;
import io.pekkoraft.testkit.linearizability.KeyValueRequest.Get;
import io.pekkoraft.testkit.linearizability.KeyValueRequest.Put;
import java.util.Optional;

/**
 * Keys and values, each key a partition of its own, empty at first. Let every write have a value of
 * its own: two equal ones hide each other's faults.
 */
public final class KeyValueSpecification
    implements Specification<Optional<String>, KeyValueRequest, KeyValueReply> {
  private static final KeyValueReply DONE = new KeyValueReply.Done();
  private static final KeyValueReply REFUSED = new KeyValueReply.Refused();

  @Override
  public Optional<String> initial() {
    return Optional.empty();
  }

  @Override
  public Step<Optional<String>, KeyValueReply> step(
      Optional<String> value, KeyValueRequest request) {
    if (request instanceof Get) {
      return new Step<>(value, new KeyValueReply.Value(value.orElse(null)));
    }
    if (request instanceof Put put) {
      return new Step<>(Optional.of(put.value()), DONE);
    }
    if (request instanceof Delete) {
      return new Step<>(Optional.empty(), DONE);
    }
    if (request instanceof Append append) {
      return new Step<>(Optional.of(value.orElse("") + append.value()), DONE);
    }
    CompareAndSet swap = (CompareAndSet) request;
    return value.equals(Optional.ofNullable(swap.expected()))
        ? new Step<>(Optional.of(swap.value()), DONE)
        : new Step<>(value, REFUSED);
  }

  @Override
  public Object partition(KeyValueRequest request) {
    return request.key();
  }
}
