/**
 * What can go wrong around a group on virtual time, one method per kind of fault, in the order of
 * the fault model: network, process, disk, clock, client, and messages that nobody of the group
 * sent. Start with {@link io.pekkoraft.testkit.fault.StepKind}; {@link
 * io.pekkoraft.testkit.fault.World} is what they have in their hands.
 */
@NullMarked
package io.pekkoraft.testkit.fault;

import org.jspecify.annotations.NullMarked;
