package io.pekkoraft.coordination;

import org.jspecify.annotations.Nullable;

/**
 * A session is alive.
 *
 * @param sentNanos when, on its own clock; grows from ping to ping
 * @param revision of its wishes; from 1
 * @param wishes all of them; null if the coordinator said that it knows this revision
 */
public record Ping(SessionId session, long sentNanos, long revision, @Nullable Wishes wishes)
    implements CoordinationMessage {}
