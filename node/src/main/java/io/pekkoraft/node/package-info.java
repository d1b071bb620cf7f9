/**
 * The actor that runs a Raft member: it binds the role behaviours to Pekko's timers, network and
 * journal.
 */
@NullMarked
package io.pekkoraft.node;

import org.jspecify.annotations.NullMarked;
