/** Tests of {@link io.pekkoraft.lease.RaftLease}. */
@NullMarked
package io.pekkoraft.lease;

import org.jspecify.annotations.NullMarked;
