package io.pekkoraft.persistence.snapshot;

import io.pekkoraft.persistence.file.Storage;
import io.pekkoraft.persistence.file.StorageFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Looks at the files of a {@link FileSnapshotStore} that nobody has open, changing nothing. */
public final class SnapshotInspection {
  private SnapshotInspection() {}

  /**
   * One file.
   *
   * @param defect what is wrong with it, or empty; if something is, the fields after it say nothing
   * @param newer whether what is wrong is that a later version of the library wrote it
   */
  @SuppressWarnings("ArrayRecordComponent") // carried, never compared
  public record Snapshot(
      String file,
      String defect,
      boolean newer,
      String persistenceId,
      long sequenceNr,
      long timestamp,
      int serializerId,
      String manifest,
      byte[] bytes) {
    /** Whether a start takes it: it is whole, and no earlier start has put it aside. */
    public boolean isUsable() {
      StoredName name = StoredName.parse(file);
      return defect.isEmpty() && name != null && !name.damaged();
    }
  }

  /** All stored snapshots of a directory, those put aside as damaged included. */
  public static List<Snapshot> inspect(Storage storage) throws IOException {
    List<Snapshot> snapshots = new ArrayList<>();
    for (String file : storage.list()) {
      StoredName name = StoredName.parse(file);
      if (name != null) {
        snapshots.add(inspect(storage, name));
      }
    }
    return snapshots;
  }

  private static Snapshot inspect(Storage storage, StoredName name) throws IOException {
    StoredObject stored;
    try (StorageFile file = storage.openForReading(name.file())) {
      stored = StoredObjectFile.read(file, Integer.MAX_VALUE);
    } catch (StoredObjectFile.Defect defect) {
      return new Snapshot(
          name.file(), defect.what(), defect.isNewer(), "", 0, 0, 0, "", new byte[0]);
    }
    boolean right =
        StoredName.hash(stored.persistenceId()).equals(name.idHash())
            && stored.sequenceNr() == name.sequenceNr();
    return new Snapshot(
        name.file(),
        right ? "" : "it is that of [" + stored.persistenceId() + "], " + stored.sequenceNr(),
        false,
        stored.persistenceId(),
        stored.sequenceNr(),
        stored.timestamp(),
        stored.object().serializerId(),
        stored.object().manifest(),
        stored.object().bytes());
  }
}
