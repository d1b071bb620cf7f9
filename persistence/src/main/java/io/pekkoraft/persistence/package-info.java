/**
 * The durable log and snapshots of a Raft member, as plug-ins of Pekko Persistence.
 */
@NullMarked
package io.pekkoraft.persistence;

import org.jspecify.annotations.NullMarked;
