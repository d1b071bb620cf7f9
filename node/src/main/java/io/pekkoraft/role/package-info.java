/**
 * The roles of a node as typed behaviours ("Rules for Servers", Raft, Figure 2): {@link
 * io.pekkoraft.role.Role} for all, then {@link io.pekkoraft.role.Recovering}, {@link
 * io.pekkoraft.role.Follower}, {@link io.pekkoraft.role.PreCandidate}, {@link
 * io.pekkoraft.role.Candidate}, {@link io.pekkoraft.role.Leader}.
 *
 * <p>A role knows no actor: it speaks to {@link io.pekkoraft.role.NodeContext}, whose one
 * implementation, {@link io.pekkoraft.role.NodeRuntime}, stands on {@link
 * io.pekkoraft.role.NodePorts}: an actor in production, virtual time in simulations.
 */
@NullMarked
package io.pekkoraft.role;

import org.jspecify.annotations.NullMarked;
