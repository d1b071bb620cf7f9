/**
 * A whole group on virtual time: the production roles, runtime and rules, on a simulated network,
 * simulated disks and simulated clocks, driven by one seed. To test an application, start with
 * {@link io.pekkoraft.testkit.RaftTestKit}, {@link io.pekkoraft.testkit.Cluster} and {@link
 * io.pekkoraft.testkit.Determinism}; to script one node, with {@link
 * io.pekkoraft.testkit.NodeUnderTest}. Inside, start with {@link io.pekkoraft.testkit.Simulation};
 * {@link io.pekkoraft.testkit.FaultSwarm} is the random run; {@code Invariants} says what must
 * always hold.
 */
@NullMarked
package io.pekkoraft.testkit;

import org.jspecify.annotations.NullMarked;
