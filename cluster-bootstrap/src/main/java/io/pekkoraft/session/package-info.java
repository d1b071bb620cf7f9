/**
 * What a process holds in the coordination group, and for how long it may act on it. Start at
 * {@link io.pekkoraft.session.Session}.
 */
@NullMarked
package io.pekkoraft.session;

import org.jspecify.annotations.NullMarked;
