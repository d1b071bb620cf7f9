package io.pekkoraft.singleton;

/**
 * Tells one tenure of a singleton from all others: a later one has a greater token, whichever
 * process it is in, and also after a restart of all of them. A resource that has seen a token and
 * refuses smaller ones cannot be changed by an instance that is over without knowing it.
 *
 * <p>Tokens are not consecutive, and those of different names are comparable but say nothing.
 */
public record FencingToken(long value) implements Comparable<FencingToken> {
  @Override
  public int compareTo(FencingToken other) {
    return Long.compare(value, other.value);
  }
}
