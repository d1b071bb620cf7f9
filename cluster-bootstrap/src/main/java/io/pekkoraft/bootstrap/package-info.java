/** Starts Raft groups from configuration and lets their members find each other. */
@NullMarked
package io.pekkoraft.bootstrap;

import org.jspecify.annotations.NullMarked;
