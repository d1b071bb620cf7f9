package io.pekkoraft.coordination;

/**
 * A process that may hold names: another life of the same process is another session.
 *
 * @param name where it is, as {@code pekko://system@host:port}
 * @param life drawn at random when it starts; never 0
 */
public record SessionId(String name, long life) implements Comparable<SessionId> {
  public SessionId {
    if (name.isEmpty() || life == 0) {
      throw new IllegalArgumentException(
          "a session has a name and a life, not " + name + ", " + life);
    }
  }

  @Override
  public int compareTo(SessionId other) {
    int byName = name.compareTo(other.name);
    return byName != 0 ? byName : Long.compare(life, other.life);
  }
}
