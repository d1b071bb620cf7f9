package io.pekkoraft.cluster.formation;

import java.util.List;

/** What a node has to do next to get its group formed. */
public sealed interface Decision {

  /**
   * Ask the others again.
   *
   * @param waitingFor what is missing, one line each, for people
   */
  record KeepProbing(List<String> waitingFor) implements Decision {}

  /** Make this promise durable, then tell the others. */
  record Promise(Proposal proposal) implements Decision {}

  /** Record that the group exists, then tell the others. */
  record Form(Proposal proposal) implements Decision {}

  /**
   * The group exists: start the node.
   *
   * @param mayFound true if its log may still be empty; otherwise an empty log is a lost one
   */
  record Start(Proposal proposal, boolean mayFound) implements Decision {}

  /**
   * This node cannot take part as it is; asking again would not help.
   *
   * @param reason for people: what is wrong and what to do
   */
  record Refuse(String reason) implements Decision {}
}
