package io.pekkoraft.coordination;

import io.pekkoraft.coordination.Proposal.Fate;
import io.pekkoraft.coordination.TableCommand.Assign;
import io.pekkoraft.coordination.TableCommand.Remove;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a leader has decided in its term and has not seen applied yet: one decision a name. */
final class Decisions {
  /** Changes nothing; no token is so high. */
  private static final Remove BARRIER = new Remove("!", 1L << 61);

  /** A decision on its way, or whose fate is unknown. */
  private static final class Pending {
    final Proposal proposal;
    final @Nullable SessionId withheld;
    boolean underWay;
    boolean unsure;

    Pending(Proposal proposal, @Nullable SessionId withheld) {
      this.proposal = proposal;
      this.withheld = withheld;
    }
  }

  private final NavigableMap<String, Pending> pending = new TreeMap<>();
  private long proposed;

  /** Another term: what was decided in the one before takes effect before anything of this one. */
  void clear() {
    pending.clear();
  }

  /** Until it is applied, what somebody else proposed in this term may be on its way. */
  void awaitAllBefore(long term) {
    pending.put(BARRIER.name(), new Pending(new Proposal(++proposed, term, BARRIER), null));
  }

  boolean awaitsAllBefore() {
    return pending.containsKey(BARRIER.name());
  }

  /**
   * @param withheld from whom something is taken; null if it gave it back, or nobody has it
   */
  Proposal propose(long term, TableCommand command, @Nullable SessionId withheld) {
    Pending decision = new Pending(new Proposal(++proposed, term, command), withheld);
    decision.underWay = true;
    pending.put(command.name(), decision);
    return decision.proposal;
  }

  /** Those whose fate is unknown, and the barrier: to be proposed now. */
  List<Proposal> again() {
    List<Proposal> proposals = new ArrayList<>();
    for (Pending decision : pending.values()) {
      if (!decision.underWay) {
        decision.underWay = true;
        proposals.add(decision.proposal);
      }
    }
    return proposals;
  }

  /** Returns false if it is not known here, as one of an earlier term. */
  boolean settled(Proposal proposal, Fate fate) {
    String name = proposal.command().name();
    Pending decision = pending.get(name);
    if (decision == null || !decision.proposal.equals(proposal)) {
      return false;
    }
    decision.underWay = false;
    decision.unsure |= fate == Fate.UNKNOWN;
    boolean barrierFailed = awaitsAllBefore() && fate != Fate.APPLIED;
    if (!barrierFailed && (fate == Fate.APPLIED || !decision.unsure)) {
      pending.remove(name);
    }
    // Else it may be in the log. Proposed again it cannot take effect twice, as the token would be
    // another; and when the second one is applied, so is the first if it ever will be.
    return true;
  }

  boolean isDeciding(String name) {
    return pending.containsKey(name);
  }

  /**
   * True from when something is taken from a session until that is applied: an answer would renew
   * its lease, and could still list what it loses. A session that released needs no such wait.
   */
  boolean isWithheld(SessionId session) {
    for (Pending decision : pending.values()) {
      if (session.equals(decision.withheld)) {
        return true;
      }
    }
    return false;
  }

  /** What may be about to be given. */
  List<Assign> assigns() {
    List<Assign> assigns = new ArrayList<>();
    for (Pending decision : pending.values()) {
      if (decision.proposal.command() instanceof Assign assign) {
        assigns.add(assign);
      }
    }
    return assigns;
  }
}
