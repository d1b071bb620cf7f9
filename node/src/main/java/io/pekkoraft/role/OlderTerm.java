package io.pekkoraft.role;

import io.pekkoraft.message.PeerMessage;
import io.pekkoraft.message.PeerMessage.AppendEntries;
import io.pekkoraft.message.PeerMessage.AppendReply;
import io.pekkoraft.message.PeerMessage.Heartbeat;
import io.pekkoraft.message.PeerMessage.HeartbeatReply;
import io.pekkoraft.message.PeerMessage.InstallSnapshot;
import io.pekkoraft.message.PeerMessage.InstallSnapshotReply;
import org.jspecify.annotations.Nullable;

/** What the leader of an older term is told: the newer one, and nothing else (Raft 5.1). */
final class OlderTerm {
  private OlderTerm() {}

  /**
   * @return null if nothing is to be said
   */
  static @Nullable PeerMessage answer(PeerMessage message, long term) {
    if (message instanceof AppendEntries append) {
      long previous = append.slice().previous().index();
      return new AppendReply(term, append.sentNanos(), false, previous, 0, 0);
    }
    if (message instanceof Heartbeat heartbeat) {
      return new HeartbeatReply(term, heartbeat.sentNanos(), 0, 0);
    }
    return message instanceof InstallSnapshot install
        ? new InstallSnapshotReply(term, install.sentNanos(), install.snapshot().index(), 0, false)
        : null;
  }
}
