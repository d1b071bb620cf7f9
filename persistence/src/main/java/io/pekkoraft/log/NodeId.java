package io.pekkoraft.log;

/**
 * The name of a member, chosen by the operator; unique in its cluster and independent of its
 * address.
 *
 * @param value 1 to 64 of the characters {@code A-Z a-z 0-9 . _ -}
 */
public record NodeId(String value) implements Comparable<NodeId> {

  /**
   * @throws IllegalArgumentException if {@code value} is not a valid name
   */
  public NodeId {
    Names.check("node id", value);
  }

  public static NodeId of(String value) {
    return new NodeId(value);
  }

  @Override
  public int compareTo(NodeId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
