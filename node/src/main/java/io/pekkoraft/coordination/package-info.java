/**
 * Leases of names, granted by the leader of a group: who holds what, and when it may be taken away.
 * Pure: no actor, no clock of its own. Start at {@link io.pekkoraft.coordination.SessionId}.
 */
@NullMarked
package io.pekkoraft.coordination;

import org.jspecify.annotations.NullMarked;
