/**
 * What a node hears and says: {@link io.pekkoraft.message.PeerMessage} between members (Raft,
 * Figure 2 and 13), and {@link io.pekkoraft.message.NodeCommand}, all that a role can be handed.
 */
@NullMarked
package io.pekkoraft.message;

import org.jspecify.annotations.NullMarked;
