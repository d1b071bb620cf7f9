/**
 * How values become bytes, for the journal and for the network alike: written by hand, with the
 * buffers of Kryo, every size checked against the bytes that are there before anything is
 * allocated.
 *
 * <p>Start with {@link io.pekkoraft.layout.Frame}, which stands around every record and message;
 * then {@link io.pekkoraft.layout.Fields}, and {@link io.pekkoraft.layout.EntryRun} for the entries
 * of the log.
 */
@NullMarked
package io.pekkoraft.layout;

import org.jspecify.annotations.NullMarked;
