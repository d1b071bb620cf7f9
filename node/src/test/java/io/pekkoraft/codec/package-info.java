/** What is sent is read again, and what is not a message is refused. */
@NullMarked
package io.pekkoraft.codec;

import org.jspecify.annotations.NullMarked;
