package io.pekkoraft.message;

import io.pekkoraft.api.Outcome;
import io.pekkoraft.log.EntrySlice;
import io.pekkoraft.log.LogPosition;
import io.pekkoraft.log.SnapshotDescriptor;

/**
 * A message of the protocol from one member to another.
 *
 * <p>Times that a message carries ({@code sentNanos}) are the sender's own monotonic clock: whoever
 * answers echoes them, and only the sender reads them.
 */
public sealed interface PeerMessage {

  /** In place of a transfer's number: no leadership transfer is under way. */
  long NO_TRANSFER = 0;

  /** The sender's term; for a pre-vote and its grant, the term that is asked about. */
  long term();

  <R> R accept(Visitor<R> visitor);

  /** True for an answer: it must be addressed to the life that asked. */
  boolean answers();

  /**
   * True if it means nothing unless a member says it: answers, orders, commands, and whatever a
   * leader says. Whoever asks for a vote is judged by term, log and the hold-off rule instead. As
   * configurations do not change, who leads is in the one known here; once they do, a follower that
   * lags has to believe a leader that is new to it (thesis 4.1).
   */
  default boolean isOfMembersOnly() {
    return true;
  }

  /**
   * True if the message promises something durable: it leaves only when all that its sender
   * recorded before it is on disk.
   */
  default boolean promises() {
    return false;
  }

  /** One method per message, so that a forgotten one does not compile. */
  interface Visitor<R> {
    R onPreVoteRequest(PreVoteRequest request);

    R onPreVoteReply(PreVoteReply reply);

    R onVoteRequest(VoteRequest request);

    R onVoteReply(VoteReply reply);

    R onTimeoutNow(TimeoutNow now);

    R onHeartbeat(Heartbeat heartbeat);

    R onHeartbeatReply(HeartbeatReply reply);

    R onAppendEntries(AppendEntries append);

    R onAppendReply(AppendReply reply);

    R onInstallSnapshot(InstallSnapshot install);

    R onInstallSnapshotReply(InstallSnapshotReply reply);

    R onOtherLife(OtherLife notice);

    R onForwardProposal(ForwardProposal forward);

    R onForwardReply(ForwardReply reply);
  }

  /**
   * Asks whether an election could be won; changes nothing at the receiver (thesis 9.6).
   *
   * @param term the term that the election would have: the sender's next
   * @param round number of the asking round, unique in the sender's life
   * @param last end of the sender's log
   */
  record PreVoteRequest(long term, long round, LogPosition last) implements PeerMessage {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.onPreVoteRequest(this);
    }

    @Override
    public boolean answers() {
      return false;
    }

    @Override
    public boolean isOfMembersOnly() {
      return false;
    }
  }

  /**
   * @param term of a grant: the asked term; of a refusal: the receiver's own
   * @param round the round that is answered
   */
  record PreVoteReply(long term, long round, VoteVerdict verdict) implements PeerMessage {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.onPreVoteReply(this);
    }

    @Override
    public boolean answers() {
      return true;
    }
  }

  /**
   * RequestVote (Raft 5.2).
   *
   * @param term the candidate's term
   * @param last end of the candidate's log
   * @param transferId the transfer that made it a candidate, or {@link #NO_TRANSFER}
   */
  record VoteRequest(long term, LogPosition last, long transferId) implements PeerMessage {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.onVoteRequest(this);
    }

    @Override
    public boolean answers() {
      return false;
    }

    @Override
    public boolean isOfMembersOnly() {
      return false;
    }
  }

  /**
   * @param term the receiver's term
   */
  record VoteReply(long term, VoteVerdict verdict) implements PeerMessage {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.onVoteReply(this);
    }

    @Override
    public boolean answers() {
      return true;
    }

    @Override
    public boolean promises() {
      return verdict.granted();
    }
  }

  /**
   * The leader asks the receiver to stand for election at once (thesis 3.10).
   *
   * @param transferId the transfer, which the leader's newest message must name too; never {@link
   *     #NO_TRANSFER}
   * @param last end of the leader's log, which must be the receiver's
   */
  record TimeoutNow(long term, long transferId, LogPosition last) implements PeerMessage {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.onTimeoutNow(this);
    }

    @Override
    public boolean answers() {
      return false;
    }
  }

  /**
   * The leader is alive. Promises and asks for nothing durable, so it never waits for a disk on
   * either side.
   *
   * @param commitIndex not above what this leader knows to match in the receiver's log
   * @param sentNanos the leader's clock when it was sent
   * @param transferId the leadership transfer that is under way, or {@link #NO_TRANSFER}
   */
  record Heartbeat(long term, long commitIndex, long sentNanos, long transferId)
      implements PeerMessage {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.onHeartbeat(this);
    }

    @Override
    public boolean answers() {
      return false;
    }
  }

  /**
   * @param sentNanos of the heartbeat that is answered
   * @param matchIndex durable and known to match the leader's log: an acknowledgement that was true
   *     before it was asked for
   * @param lastIndex last index that the follower found to match, durable or not: a hint by which
   *     the leader sees that an append was lost, or that a restarted follower does not know any
   *     more where the logs meet
   */
  record HeartbeatReply(long term, long sentNanos, long matchIndex, long lastIndex)
      implements PeerMessage {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.onHeartbeatReply(this);
    }

    @Override
    public boolean answers() {
      return true;
    }
  }

  /**
   * AppendEntries (Raft 5.3); counts as contact like a heartbeat.
   *
   * @param slice the entries and what stands before them
   * @param commitIndex the leader's
   * @param sentNanos the leader's clock when it was sent
   * @param transferId the leadership transfer that is under way, or {@link #NO_TRANSFER}
   */
  record AppendEntries(
      long term, EntrySlice slice, long commitIndex, long sentNanos, long transferId)
      implements PeerMessage {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.onAppendEntries(this);
    }

    @Override
    public boolean answers() {
      return false;
    }
  }

  /**
   * @param sentNanos of the append that is answered
   * @param success true: the log matches up to {@code index}, durably. False: it does not at {@code
   *     previousIndex}
   * @param previousIndex of the append that is answered
   * @param index success: last matching index, never beyond the append's own entries. Refusal:
   *     where to look next, the last index that may match
   * @param conflictTerm refusal: the term found at {@code index}, so that one probe a term is
   *     enough; 0 if there is none
   */
  record AppendReply(
      long term, long sentNanos, boolean success, long previousIndex, long index, long conflictTerm)
      implements PeerMessage {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.onAppendReply(this);
    }

    @Override
    public boolean answers() {
      return true;
    }

    @Override
    public boolean promises() {
      return success;
    }
  }

  /**
   * InstallSnapshot (Raft 7, Figure 13): a part of the snapshot's bytes.
   *
   * @param snapshot what is being sent; parts of snapshots with another content hash are never
   *     mixed
   * @param offset where {@code bytes} belong
   * @param bytes shared, not copied
   * @param sentNanos the leader's clock when it was sent
   * @param transferId the leadership transfer that is under way, or {@link #NO_TRANSFER}
   */
  record InstallSnapshot(
      long term,
      SnapshotDescriptor snapshot,
      long offset,
      Bytes bytes,
      long sentNanos,
      long transferId)
      implements PeerMessage {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.onInstallSnapshot(this);
    }

    @Override
    public boolean answers() {
      return false;
    }
  }

  /**
   * @param sentNanos of the part that is answered
   * @param snapshotIndex the snapshot that is answered
   * @param nextOffset how many bytes the follower has; the next part starts here
   * @param done the snapshot, or a log that makes it unnecessary, is in place, durably up to {@code
   *     snapshotIndex}
   */
  record InstallSnapshotReply(
      long term, long sentNanos, long snapshotIndex, long nextOffset, boolean done)
      implements PeerMessage {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.onInstallSnapshotReply(this);
    }

    @Override
    public boolean answers() {
      return true;
    }

    @Override
    public boolean promises() {
      return done;
    }
  }

  /**
   * Tells a sender that it addressed a life that is over; its header carries the present one.
   * Changes no term.
   *
   * @param term the sender's term, for information only
   */
  record OtherLife(long term) implements PeerMessage {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.onOtherLife(this);
    }

    @Override
    public boolean answers() {
      return false;
    }
  }

  /**
   * A client's command, handed to the leader by a member that does not lead. Says nothing about
   * terms.
   *
   * @param term the sender's term, for information only
   * @param requestId number of the request, unique in the sender's life
   * @param command shared, not copied
   */
  record ForwardProposal(long term, long requestId, Bytes command) implements PeerMessage {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.onForwardProposal(this);
    }

    @Override
    public boolean answers() {
      return false;
    }
  }

  /**
   * How a forwarded request ended at the leader. A result is there only once it is committed and
   * applied.
   *
   * @param term the sender's term, for information only
   */
  record ForwardReply(long term, long requestId, Outcome outcome) implements PeerMessage {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.onForwardReply(this);
    }

    @Override
    public boolean answers() {
      return true;
    }
  }
}
