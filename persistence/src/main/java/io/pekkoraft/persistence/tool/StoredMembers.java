package io.pekkoraft.persistence.tool;

import io.pekkoraft.layout.MalformedBytesException;
import io.pekkoraft.log.JournalEvent;
import io.pekkoraft.log.SnapshotDescriptor;
import io.pekkoraft.persistence.JournalRefusedException;
import io.pekkoraft.persistence.JournalSerializer;
import io.pekkoraft.persistence.JournalSettings;
import io.pekkoraft.persistence.RecoveredLog;
import io.pekkoraft.persistence.RecoveryCheck;
import io.pekkoraft.persistence.StoredSnapshot;
import io.pekkoraft.persistence.snapshot.SnapshotInspection.Snapshot;
import io.pekkoraft.persistence.wal.LogInspection;
import io.pekkoraft.persistence.wal.LogInspection.PersistenceId;
import io.pekkoraft.persistence.wal.WalDamagedException;
import io.pekkoraft.persistence.wal.WalException;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is stored of the members of a process, its parts judged together by the rules of a start:
 * whether log and descriptor join, and which snapshot file is needed.
 */
final class StoredMembers {
  private static final JournalSerializer SERIALIZER = new JournalSerializer();

  private final PrintStream err;
  private final Map<String, Descriptor> descriptors = new HashMap<>();
  private final List<NeededSnapshot> needed = new ArrayList<>();
  private final Set<String> groups = new HashSet<>();
  private boolean knowsGroups;
  private int code = LogTool.OK;

  /** A newest stored snapshot, and the event at which it was saved. */
  private record Descriptor(long sequenceNr, StoredSnapshot stored) {}

  StoredMembers(PrintStream err) {
    this.err = err;
  }

  /** The exit code for what was found so far; all of it was said. */
  int code() {
    return code;
  }

  /** Whether a log was read, and holds nothing of a group, not even that something was lost. */
  boolean isWithout(String group) {
    return knowsGroups && !groups.contains(group);
  }

  /** What the logs go on from; to be asked when all is read. */
  List<NeededSnapshot> needed() {
    descriptors.forEach((id, descriptor) -> need(id, descriptor));
    descriptors.clear();
    return needed;
  }

  /** Takes what a snapshot store holds; to be called before {@link #read}. */
  void take(Collection<Snapshot> snapshots) {
    for (Snapshot snapshot : snapshots) {
      if (snapshot.isUsable() && JournalSettings.isPersistenceId(snapshot.persistenceId())) {
        take(snapshot);
      }
    }
  }

  private void take(Snapshot snapshot) {
    Descriptor before = descriptors.get(snapshot.persistenceId());
    if (before != null && before.sequenceNr() >= snapshot.sequenceNr()) {
      return;
    }
    try {
      if (snapshot.serializerId() == SERIALIZER.identifier()
          && SERIALIZER.fromBinary(snapshot.bytes(), snapshot.manifest())
              instanceof StoredSnapshot stored) {
        descriptors.put(snapshot.persistenceId(), new Descriptor(snapshot.sequenceNr(), stored));
      }
    } catch (MalformedBytesException malformed) {
      refuse(snapshot.persistenceId(), String.valueOf(malformed.getMessage()));
    }
  }

  /** Reads what a log holds of members. What is wrong with the log itself is not said here. */
  void read(LogInspection log) throws IOException {
    List<PersistenceId> ids;
    Collection<String> lost;
    try {
      LogInspection.Contents contents = log.verify();
      ids = contents.ids();
      lost = contents.lost().keySet();
    } catch (WalDamagedException met) {
      try {
        LogInspection.Salvage salvage = log.salvage(met);
        ids = salvage.ids();
        lost = salvage.lost().keySet();
      } catch (WalException nothingLeft) {
        return;
      }
    }
    knowsGroups = !lost.contains("");
    for (PersistenceId id : ids) {
      Descriptor descriptor = descriptors.get(id.id());
      if (JournalSettings.isPersistenceId(id.id())) {
        groups.add(JournalSettings.groupOf(id.id()));
        if (!lost.contains(id.id())) {
          read(log, id, descriptor);
        }
      }
    }
  }

  private void read(LogInspection log, PersistenceId id, @Nullable Descriptor descriptor)
      throws IOException {
    RecoveryCheck check = RecoveryCheck.ofAnyOwner(id.id());
    try {
      if (descriptor != null) {
        check.onSnapshot(descriptor.sequenceNr(), descriptor.stored());
      }
      long from = descriptor == null ? 1 : descriptor.sequenceNr() + 1;
      log.replay(id.id(), from, event -> check.onEvent(event.sequenceNr(), decoded(event)));
      RecoveredLog recovered = check.complete(id.highest());
      if (recovered == null) {
        return;
      }
      SnapshotDescriptor newest = recovered.newestSnapshot();
      if (newest != null) {
        descriptors.remove(id.id());
        needed.add(new NeededSnapshot(id.id(), recovered.founded().group().group(), newest));
      }
    } catch (JournalRefusedException | MalformedBytesException refused) {
      refuse(id.id(), String.valueOf(refused.getMessage()));
      if (descriptor == null && id.deletedTo() > 0) {
        err.println(
            "  Its events up to "
                + id.deletedTo()
                + " were deleted when a snapshot took their place. If the descriptors of snapshots"
                + " are kept elsewhere (pekko-raft.persistence.snapshot-store.directory, or another"
                + " pekko-raft.snapshot-plugin), look there; if not, they are lost: put"
                + " snapshot-descriptors back from where it was moved to, or from a copy");
      }
    }
  }

  private static JournalEvent decoded(LogInspection.Entry event) {
    if (event.serializerId() == SERIALIZER.identifier()
        && SERIALIZER.fromBinary(event.payload(), event.manifest())
            instanceof JournalEvent decoded) {
      return decoded;
    }
    throw new MalformedBytesException(
        "event " + event.sequenceNr() + " is none of pekko-raft: another actor uses the id");
  }

  private void need(String id, Descriptor descriptor) {
    StoredSnapshot stored = descriptor.stored();
    needed.add(new NeededSnapshot(id, stored.founded().group().group(), stored.snapshot()));
  }

  private void refuse(String id, String reason) {
    err.println("log-tool: a start refuses the member [" + id + "]: " + reason);
    code = LogTool.DAMAGED;
  }
}
