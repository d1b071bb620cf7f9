/**
 * The values a Raft log is made of; they know no actor, no disk and no clock.
 *
 * <p>Start with {@link io.pekkoraft.log.LogEntry} and {@link
 * io.pekkoraft.log.JournalEvent.LogBatch}, the one event that a node persists.
 */
@NullMarked
package io.pekkoraft.log;

import org.jspecify.annotations.NullMarked;
