package io.pekkoraft.cluster.formation;

/** What a node keeps about the forming of its group, in the order in which it happens. */
public sealed interface FormationEvent {

  /** The node will form this group and never another. The coordinator's promise is the proposal. */
  record Promised(Proposal proposal) implements FormationEvent {}

  /** All members have promised: the group exists. */
  record Formed(Proposal proposal) implements FormationEvent {}

  /** The node's own log was founded; from here on an empty log is a lost one. */
  record Started() implements FormationEvent {}
}
