/** The extension in real actor systems, over Artery, with real journals. */
@NullMarked
package io.pekkoraft.cluster;

import org.jspecify.annotations.NullMarked;
