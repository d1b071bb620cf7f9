/**
 * A node in production: {@link io.pekkoraft.node.RaftNode} starts the actor whose behaviours are
 * the roles, and binds {@link io.pekkoraft.role.NodePorts} to Pekko: Artery, Pekko Persistence,
 * timers, the state machine's own actor.
 */
@NullMarked
package io.pekkoraft.node;

import org.jspecify.annotations.NullMarked;
