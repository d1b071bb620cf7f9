/**
 * The runnable node's state machine: keys and values. Start with {@link
 * io.pekkoraft.bootstrap.kv.KeyValueStore}.
 */
@NullMarked
package io.pekkoraft.bootstrap.kv;

import org.jspecify.annotations.NullMarked;
