/**
 * The contract of Pekko's Lease interface as a test, for any implementation. Extend {@link
 * io.pekkoraft.testkit.lease.LeaseContract}.
 */
@NullMarked
package io.pekkoraft.testkit.lease;

import org.jspecify.annotations.NullMarked;
