package io.pekkoraft.message;

import io.pekkoraft.log.GroupIdentity;
import io.pekkoraft.log.NodeId;

/**
 * Who speaks to whom; checked before anything else in a message is believed.
 *
 * @param group the group, with its incarnation
 * @param from the sender
 * @param fromIncarnation identity of the sender's data directory
 * @param fromLife random number of the sender's present start
 * @param to the receiver
 * @param toIncarnation the receiver's incarnation as the sender knows it
 * @param toLife the receiver's life as the sender knows it; {@link #UNKNOWN_LIFE} before it has
 *     heard from it
 */
public record Header(
    GroupIdentity group,
    NodeId from,
    long fromIncarnation,
    long fromLife,
    NodeId to,
    long toIncarnation,
    long toLife) {

  /** No life has this number. */
  public static final long UNKNOWN_LIFE = 0;
}
