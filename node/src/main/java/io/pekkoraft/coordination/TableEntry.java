package io.pekkoraft.coordination;

/**
 * Who holds a name.
 *
 * @param token index of the command that gave it: no two grants of the group share one
 * @param owner who wants it, as users know it; may be empty
 * @param timeToLiveNanos 0 for a chained lease
 */
public record TableEntry(
    String name, long token, SessionId holder, String owner, long timeToLiveNanos) {

  /** True if the holder may act only while the leader that answered it is proven to lead. */
  public boolean isChained() {
    return timeToLiveNanos == 0;
  }
}
