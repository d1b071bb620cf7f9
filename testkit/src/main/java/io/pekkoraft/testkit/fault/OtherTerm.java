package io.pekkoraft.testkit.fault;

import io.pekkoraft.message.PeerMessage;
import io.pekkoraft.message.PeerMessage.AppendEntries;
import io.pekkoraft.message.PeerMessage.AppendReply;
import io.pekkoraft.message.PeerMessage.ForwardProposal;
import io.pekkoraft.message.PeerMessage.ForwardReply;
import io.pekkoraft.message.PeerMessage.Heartbeat;
import io.pekkoraft.message.PeerMessage.HeartbeatReply;
import io.pekkoraft.message.PeerMessage.InstallSnapshot;
import io.pekkoraft.message.PeerMessage.InstallSnapshotReply;
import io.pekkoraft.message.PeerMessage.OtherLife;
import io.pekkoraft.message.PeerMessage.PreVoteReply;
import io.pekkoraft.message.PeerMessage.PreVoteRequest;
import io.pekkoraft.message.PeerMessage.TimeoutNow;
import io.pekkoraft.message.PeerMessage.VoteReply;
import io.pekkoraft.message.PeerMessage.VoteRequest;

/** A message as it would be in another term. */
record OtherTerm(long term) implements PeerMessage.Visitor<PeerMessage> {

  @Override
  public PeerMessage onPreVoteRequest(PreVoteRequest request) {
    return new PreVoteRequest(term, request.round(), request.last());
  }

  @Override
  public PeerMessage onPreVoteReply(PreVoteReply reply) {
    return new PreVoteReply(term, reply.round(), reply.verdict());
  }

  @Override
  public PeerMessage onVoteRequest(VoteRequest request) {
    return new VoteRequest(term, request.last(), request.transferId());
  }

  @Override
  public PeerMessage onVoteReply(VoteReply reply) {
    return new VoteReply(term, reply.verdict());
  }

  @Override
  public PeerMessage onTimeoutNow(TimeoutNow now) {
    return new TimeoutNow(term, now.transferId(), now.last());
  }

  @Override
  public PeerMessage onHeartbeat(Heartbeat heartbeat) {
    return new Heartbeat(
        term, heartbeat.commitIndex(), heartbeat.sentNanos(), heartbeat.transferId());
  }

  @Override
  public PeerMessage onHeartbeatReply(HeartbeatReply reply) {
    return new HeartbeatReply(term, reply.sentNanos(), reply.matchIndex(), reply.lastIndex());
  }

  @Override
  public PeerMessage onAppendEntries(AppendEntries append) {
    return new AppendEntries(
        term, append.slice(), append.commitIndex(), append.sentNanos(), append.transferId());
  }

  @Override
  public PeerMessage onAppendReply(AppendReply reply) {
    return new AppendReply(
        term,
        reply.sentNanos(),
        reply.success(),
        reply.previousIndex(),
        reply.index(),
        reply.conflictTerm());
  }

  @Override
  public PeerMessage onInstallSnapshot(InstallSnapshot install) {
    return new InstallSnapshot(
        term,
        install.snapshot(),
        install.offset(),
        install.bytes(),
        install.sentNanos(),
        install.transferId());
  }

  @Override
  public PeerMessage onInstallSnapshotReply(InstallSnapshotReply reply) {
    return new InstallSnapshotReply(
        term, reply.sentNanos(), reply.snapshotIndex(), reply.nextOffset(), reply.done());
  }

  @Override
  public PeerMessage onOtherLife(OtherLife notice) {
    return new OtherLife(term);
  }

  @Override
  public PeerMessage onForwardProposal(ForwardProposal forward) {
    return new ForwardProposal(term, forward.requestId(), forward.command());
  }

  @Override
  public PeerMessage onForwardReply(ForwardReply reply) {
    return new ForwardReply(term, reply.requestId(), reply.outcome());
  }
}
