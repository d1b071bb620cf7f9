package io.pekkoraft.session;

/** Starts the session of a process, and the coordinator beside its member if it has one. */
public final class SessionStarter {
  private SessionStarter() {}

  /**
   * Called once in an actor system.
   *
   * @return at once; nothing is held yet
   */
  @SuppressWarnings("DoNotCallSuggester") // until there are sessions
  public static Session start(SessionPlace place) {
    throw new UnsupportedOperationException(
        "sessions cannot be started yet: group '" + place.group() + "'");
  }
}
