/**
 * The runnable node: one group with keys and values behind HTTP, as a process. Start at {@link
 * io.pekkoraft.bootstrap.Main}; the groups themselves are {@link io.pekkoraft.cluster}'s.
 */
@NullMarked
package io.pekkoraft.bootstrap;

import org.jspecify.annotations.NullMarked;
