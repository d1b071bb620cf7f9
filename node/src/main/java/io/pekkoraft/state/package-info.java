/**
 * What a node knows (Raft, Figure 2, "State"): {@link io.pekkoraft.state.NodeState} is the fold of
 * {@link io.pekkoraft.state.RaftEvent}s, live and at recovery alike.
 */
@NullMarked
package io.pekkoraft.state;

import org.jspecify.annotations.NullMarked;
