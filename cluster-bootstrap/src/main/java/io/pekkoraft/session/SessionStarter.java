package io.pekkoraft.session;

import com.typesafe.config.ConfigException;
import org.jspecify.annotations.Nullable;

/** Starts the session of a process, and the coordinator beside its member if it has one. */
public final class SessionStarter {
  private SessionStarter() {}

  /**
   * Called once in an actor system.
   *
   * @return at once; nothing is held yet
   * @throws ConfigException naming a key of {@code pekko-raft.coordination} that cannot be used
   * @throws IllegalStateException if the system's remoting would lose messages; says what to set
   */
  public static Session start(SessionPlace place) {
    CoordinationSettings settings =
        CoordinationSettings.of(place.system().settings().config().getConfig("pekko-raft"));
    return Coordination.start(
        place.system(), settings, () -> place.book().addresses(), hosted(place.member()));
  }

  private static Coordination.@Nullable Hosted hosted(SessionPlace.@Nullable Member member) {
    return member == null ? null : new Coordination.Hosted(member.group(), member.table());
  }
}
