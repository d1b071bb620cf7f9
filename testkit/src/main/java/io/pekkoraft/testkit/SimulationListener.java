package io.pekkoraft.testkit;

import io.pekkoraft.api.Outcome;
import io.pekkoraft.api.RaftStatus;
import io.pekkoraft.api.TransferOutcome;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.message.NodeCommand;
import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.message.VoteVerdict;
import io.pekkoraft.rules.IdentityRule;
import org.jspecify.annotations.Nullable;

/**
 * Hears what happens in a {@link Simulation}, while it happens, in the run's own thread. It only
 * looks: a run with a listener is the same as one without.
 */
interface SimulationListener {

  /**
   * A copy of a message is under way.
   *
   * @param flight of this copy; given again to {@link #arrived} unless the receiver is down then
   */
  default void underWay(long flight, Envelope envelope, long arrivesNanos) {}

  /** The network loses a message. */
  default void lost(Envelope envelope) {}

  /** The test keeps a message back; it is under way when it is released. */
  default void held(Envelope envelope) {}

  /** A copy of a message comes to a machine where no process runs. */
  default void missed(long flight) {}

  /** A copy that came to a paused process is handled now that it goes on, under another number. */
  default void waited(long flight, long now) {}

  /** A member is handed a copy of a message. */
  default void arrived(long flight, SimulatedNode node, Envelope envelope) {}

  /**
   * A member is about to handle what is no message of another one: a timer, an answer of a disk.
   */
  default void handles(SimulatedNode node, NodeCommand command) {}

  /** An entry is committed for the first time, by any member; in the order of the log. */
  default void committed(LogEntry entry) {}

  default void roleChanged(
      SimulatedNode node, RaftStatus.Role from, RaftStatus.Role to, long term, String reason) {}

  default void leaderKnown(SimulatedNode node, NodeId leader, long term) {}

  default void voteDecided(
      SimulatedNode node, NodeId candidate, boolean preVote, VoteVerdict verdict) {}

  /** The message that has just arrived is not let in. */
  default void refused(SimulatedNode node, IdentityRule.Verdict verdict) {}

  /** A process starts, ends, is paused or goes on. */
  default void processChanged(SimulatedNode node) {}

  /** Something has become durable, or a disk gets slow, stands still or is well again. */
  default void diskChanged(SimulatedNode node) {}

  /** Links are cut or healed. */
  default void linksChanged() {}

  default void proposed(Operation operation) {}

  default void answered(Operation operation, Outcome outcome) {}

  default void transferEnded(SimulatedNode from, TransferOutcome outcome) {}

  /** Something worth telling about one member: a crash, a start, an alarm. */
  default void noted(SimulatedNode node, String text) {}

  /** Something worth telling about the world: a fault, a heal. */
  default void notedWorld(String text) {}

  /** An event is over, and so is the look at all invariants. */
  default void settled(SimulatedNode node) {}

  /**
   * An invariant does not hold: the run ends here.
   *
   * @param node where it was noticed, if on one member
   */
  default void violated(@Nullable SimulatedNode node, String invariant, String what) {}
}
