package io.pekkoraft.role;

import io.pekkoraft.api.Outcome;
import io.pekkoraft.api.RaftStatus;
import io.pekkoraft.message.NodeCommand;
import io.pekkoraft.message.NodeCommand.Timeout;

/**
 * Takes no part: no acknowledgement, no vote, no leadership. Its storage or its state machine
 * failed, or it saw what must not be.
 *
 * <p>From any role. The last one of this life: only a restart, which reads and verifies the journal
 * anew, leads out.
 */
public final class Failed extends Role {
  private final String reason;
  private final Throwable cause;

  Failed(NodeRuntime runtime, String reason, Throwable cause) {
    super(runtime);
    this.reason = reason;
    this.cause = cause;
  }

  @Override
  public RaftStatus.Role kind() {
    return RaftStatus.Role.FAILED;
  }

  @Override
  Role enter() {
    runtime.fail();
    node.cancel(Timeout.ELECTION);
    node.cancel(Timeout.HEARTBEAT);
    node.cancel(Timeout.TRANSFER);
    node.handOver().failed(reason, new Outcome.MemberFailed(reason));
    node.requests().failAll(new Outcome.Indeterminate("this node failed: " + reason));
    node.observer().failed(reason, cause);
    return this;
  }

  @Override
  boolean participates() {
    return false;
  }

  @Override
  public Role onProposals(NodeCommand.Proposals proposals) {
    return refuse(proposals.requests(), new Outcome.MemberFailed(reason));
  }

  @Override
  public Role onTimeout(Timeout timeout) {
    return this;
  }

  @Override
  public Role onStorageFailed(NodeCommand.StorageFailed failed) {
    return this;
  }

  @Override
  public Role onStateMachineFailed(NodeCommand.StateMachineFailed failed) {
    return this;
  }

  @Override
  public Role onApplied(NodeCommand.Applied applied) {
    return this;
  }

  @Override
  public Role onSnapshotTaken(NodeCommand.SnapshotTaken taken) {
    return this;
  }

  @Override
  public Role onSnapshotNotTaken(NodeCommand.SnapshotNotTaken notTaken) {
    return this;
  }

  @Override
  public Role onRecovered(NodeCommand.Recovered recovered) {
    return this;
  }

  @Override
  String reason() {
    return reason;
  }
}
