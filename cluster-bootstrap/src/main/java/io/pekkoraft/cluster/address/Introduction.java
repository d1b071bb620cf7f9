package io.pekkoraft.cluster.address;

import io.pekkoraft.log.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * A process says who it is.
 *
 * @param cluster name of its cluster
 * @param node which node it is; null if it is a client
 * @param incarnation identity of its data directory; 0 of a client
 * @param life random, of this start of the process
 * @param address of its actor system, as {@code pekko://system@host:port}
 * @param question true if it wants to know who the receiver is
 */
public record Introduction(
    String cluster,
    @Nullable NodeId node,
    long incarnation,
    long life,
    String address,
    boolean question)
    implements AddressActor.Command {

  Introduction asking(boolean asks) {
    return new Introduction(cluster, node, incarnation, life, address, asks);
  }

  /** True if it is of the very same start of the same process. */
  boolean sameProcess(Introduction other) {
    return life == other.life && incarnation == other.incarnation;
  }
}
