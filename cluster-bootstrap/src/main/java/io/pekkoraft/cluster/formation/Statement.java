package io.pekkoraft.cluster.formation;

import io.pekkoraft.cluster.formation.FormationState.Step;

/**
 * All that one node tells another about the forming of their group. It says what is durable at its
 * sender, so it may be lost, repeated or late without harm: steps are never taken back.
 *
 * @param sender who says it
 * @param address where the sender's actor system is: answers go there
 * @param list whom the sender's configuration lists
 * @param state how far it is
 * @param question true if the sender wants to hear the receiver's
 */
public record Statement(
    Identity sender, String address, MemberList list, FormationState state, boolean question)
    implements FormationActor.Command {

  Step step() {
    return state.step();
  }
}
