/**
 * Where the members are: candidates come from Pekko Discovery or Pekko Cluster, and who is there is
 * asked, never assumed. Start at {@link io.pekkoraft.cluster.address.KnownMembers}, which holds the
 * rules; {@link io.pekkoraft.cluster.address.AddressActor} carries them out.
 */
@NullMarked
package io.pekkoraft.cluster.address;

import org.jspecify.annotations.NullMarked;
