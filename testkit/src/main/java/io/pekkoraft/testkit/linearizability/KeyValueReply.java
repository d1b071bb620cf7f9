package io.pekkoraft.testkit.linearizability;

import org.jspecify.annotations.Nullable;

/** What a client of a store of keys and values is told. */
public sealed interface KeyValueReply {

  /** It was done. */
  record Done() implements KeyValueReply {}

  /** The value was not the expected one, and is what it was. */
  record Refused() implements KeyValueReply {}

  /**
   * @param value null if there is none
   */
  record Value(@Nullable String value) implements KeyValueReply {}
}
