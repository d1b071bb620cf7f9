/**
 * The durable side of a node: the {@link io.pekkoraft.persistence.Journal} port and the Pekko
 * Persistence actor behind it.
 */
@NullMarked
package io.pekkoraft.persistence;

import org.jspecify.annotations.NullMarked;
