/**
 * The plug-ins in processes that are killed, on machines that lose power, on disks that are full.
 * {@link io.pekkoraft.persistence.process.LoadProcess} is the process, {@link
 * io.pekkoraft.persistence.process.ObservedProcess} what is known of it from outside.
 */
@NullMarked
package io.pekkoraft.persistence.process;

import org.jspecify.annotations.NullMarked;
