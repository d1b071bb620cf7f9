package io.pekkoraft.role;

import io.pekkoraft.api.RaftStatus;
import io.pekkoraft.log.SnapshotDescriptor;
import io.pekkoraft.message.NodeCommand;
import io.pekkoraft.message.NodeCommand.Timeout;
import io.pekkoraft.state.LogRecovery;
import io.pekkoraft.state.NodeState;

/**
 * Waits for the journal; takes no part before it knows what it has promised.
 *
 * <p>The first role of every life. Next: {@link Follower}, or {@link Failed} if the journal cannot
 * be read.
 */
public final class Recovering extends Role {

  public Recovering(NodeRuntime runtime) {
    super(runtime);
  }

  @Override
  public RaftStatus.Role kind() {
    return RaftStatus.Role.RECOVERING;
  }

  @Override
  Role enter() {
    return this;
  }

  @Override
  boolean participates() {
    return false;
  }

  @Override
  public Role onRecovered(NodeCommand.Recovered recovered) {
    NodeState state;
    try {
      state = LogRecovery.recover(recovered.log());
    } catch (IllegalStateException | IllegalArgumentException e) {
      return fail("the journal cannot be used: " + e.getMessage(), e);
    }
    runtime.recovered(state);
    SnapshotDescriptor snapshot = state.snapshot();
    if (snapshot != null) {
      node.ports().restore(snapshot);
    }
    return become(new Follower(runtime), "recovered " + state.log());
  }

  @Override
  public Role onTimeout(Timeout timeout) {
    return this;
  }

  @Override
  String reason() {
    return "this node is reading its journal";
  }
}
