/**
 * The HTTP face of the runnable node: keys and values, and how the node is. Start with {@link
 * io.pekkoraft.bootstrap.http.HttpApi}.
 */
@NullMarked
package io.pekkoraft.bootstrap.http;

import org.jspecify.annotations.NullMarked;
