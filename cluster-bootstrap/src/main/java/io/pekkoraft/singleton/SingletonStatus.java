package io.pekkoraft.singleton;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * A singleton as this process sees it.
 *
 * @param name as given to {@link RaftSingletonActor}
 * @param offered true if this process may host the instance
 * @param token of the instance that is here; empty if there is none
 * @param paused true if the instance here waits for its lease
 * @param actingAt path of where the proxy sends to; empty while nobody is known to act
 * @param buffered messages that wait in the proxy now
 * @param kept messages that wait now for an instance here that is paused
 * @param dropped messages that were dropped here since the start, because too many waited
 * @param pauses how often an instance here was paused since the start
 */
public record SingletonStatus(
    String name,
    boolean offered,
    OptionalLong token,
    boolean paused,
    Optional<String> actingAt,
    int buffered,
    int kept,
    long dropped,
    long pauses) {}
