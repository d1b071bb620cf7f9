/**
 * One acting instance of an actor, leased by a quorum and fenced by a token. Start at {@link
 * io.pekkoraft.singleton.RaftSingleton}; what lets a message through to an instance is {@link
 * io.pekkoraft.singleton.Gate}.
 */
@NullMarked
package io.pekkoraft.singleton;

import org.jspecify.annotations.NullMarked;
