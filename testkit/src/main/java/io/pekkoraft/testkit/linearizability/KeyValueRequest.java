package io.pekkoraft.testkit.linearizability;

import org.jspecify.annotations.Nullable;

/** What a client asks of a store of keys and values; see {@link KeyValueSpecification}. */
public sealed interface KeyValueRequest {
  String key();

  /** Sets the value; answered {@link KeyValueReply.Done}. */
  record Put(String key, String value) implements KeyValueRequest {}

  /** Reads the value; answered {@link KeyValueReply.Value}. */
  record Get(String key) implements KeyValueRequest {}

  /** Removes the value, if there is one; answered {@link KeyValueReply.Done}. */
  record Delete(String key) implements KeyValueRequest {}

  /** Puts the value behind what is there; answered {@link KeyValueReply.Done}. */
  record Append(String key, String value) implements KeyValueRequest {}

  /**
   * Sets the value if it is the expected one; answered {@link KeyValueReply.Done} or {@link
   * KeyValueReply.Refused}.
   *
   * @param expected null if there must be none
   */
  record CompareAndSet(String key, @Nullable String expected, String value)
      implements KeyValueRequest {}
}
