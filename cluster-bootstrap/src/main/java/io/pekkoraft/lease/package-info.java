/**
 * Pekko's Lease interface on the coordination group, for stock Cluster Singleton, Cluster Sharding
 * and the Split Brain Resolver. Start at {@link io.pekkoraft.lease.RaftLease}.
 */
@NullMarked
package io.pekkoraft.lease;

import org.jspecify.annotations.NullMarked;
