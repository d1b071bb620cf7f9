package io.pekkoraft.role;

import io.pekkoraft.log.NodeId;

/**
 * A leadership transfer, as the leader that gives its leadership away sees it (thesis 3.10).
 *
 * @param id what the leader's messages name as long as it is under way
 * @param target who shall lead
 * @param sinceNanos when the first message that names it was sent
 * @param endNanos when it is given up
 */
record Transfer(long id, NodeId target, long sinceNanos, long endNanos) {

  /** Whether this is the candidate, in the term, that the transfer has made. */
  boolean made(NodeId candidate, long named, long askedTerm, long ownTerm) {
    return named == id && candidate.equals(target) && askedTerm == ownTerm + 1;
  }
}
