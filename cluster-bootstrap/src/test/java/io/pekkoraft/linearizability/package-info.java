/**
 * Real processes under faults, and clients whose histories are checked. Start with {@link
 * io.pekkoraft.linearizability.RealProcessesIT}.
 */
@NullMarked
package io.pekkoraft.linearizability;

import org.jspecify.annotations.NullMarked;
