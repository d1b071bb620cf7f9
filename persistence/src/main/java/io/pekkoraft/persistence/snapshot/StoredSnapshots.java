package io.pekkoraft.persistence.snapshot;

import io.pekkoraft.persistence.file.Storage;
import io.pekkoraft.persistence.file.StorageFile;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The files of {@link FileSnapshotStore}, without Pekko. Methods block on the disk. */
final class StoredSnapshots implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StoredSnapshots.class);
  private static final String TEMPORARY_SUFFIX = ".tmp";

  private final Storage storage;
  private final int maxObjectBytes;
  private final AtomicLong writings = new AtomicLong();

  private StoredSnapshots(Storage storage, int maxObjectBytes) {
    this.storage = storage;
    this.maxObjectBytes = maxObjectBytes;
  }

  static StoredSnapshots open(Storage storage) throws IOException {
    return open(storage, Integer.MAX_VALUE);
  }

  /**
   * Opens the files of a directory, and removes what an earlier crash left half written.
   *
   * @param storage the directory, from now on in the hands of what is returned; given up if this
   *     fails
   * @param maxObjectBytes of a serialized object that is saved or loaded
   */
  static StoredSnapshots open(Storage storage, int maxObjectBytes) throws IOException {
    boolean opened = false;
    try {
      for (String name : storage.list()) {
        if (name.endsWith(TEMPORARY_SUFFIX)) {
          storage.delete(name);
        }
      }
      opened = true;
      return new StoredSnapshots(storage, maxObjectBytes);
    } finally {
      if (!opened) {
        storage.close();
      }
    }
  }

  /** When this returns the snapshot is durable, in the place of one with its sequence number. */
  void save(StoredObject snapshot) throws IOException {
    requireSize(snapshot);
    String hash = StoredName.hash(snapshot.persistenceId());
    StoredName name = new StoredName(hash, snapshot.sequenceNr(), snapshot.timestamp(), false);
    String temporary = name.file() + "." + writings.incrementAndGet() + TEMPORARY_SUFFIX;
    try {
      try (StorageFile file = storage.create(temporary)) {
        StoredObjectFile.write(file, snapshot);
        file.flush();
      }
      storage.rename(temporary, name.file());
      storage.syncDirectory();
      delete(hash, other -> other.sequenceNr() == snapshot.sequenceNr() && !other.equals(name));
    } catch (IOException failure) {
      deleteUnfinished(temporary, failure);
      throw new SnapshotStorageException(storage.describe(), name.file(), "saved", failure);
    }
  }

  /** Otherwise each retry on a full disk would leave one more until the next start. */
  private void deleteUnfinished(String temporary, IOException failure) {
    try {
      storage.delete(temporary);
    } catch (IOException alsoFailed) {
      failure.addSuppressed(alsoFailed);
    }
  }

  private void requireSize(StoredObject snapshot) throws SnapshotTooLargeException {
    int bytes = snapshot.object().bytes().length;
    if (bytes > maxObjectBytes) {
      throw new SnapshotTooLargeException(
          "the snapshot of ["
              + snapshot.persistenceId()
              + "] takes "
              + bytes
              + " bytes when serialized",
          maxObjectBytes);
    }
  }

  /** The names of an id's snapshots, newest first, those put aside as damaged included. */
  List<StoredName> find(String persistenceId) throws IOException {
    String hash = StoredName.hash(persistenceId);
    return storage.list().stream()
        .map(StoredName::parse)
        .filter(Objects::nonNull)
        .filter(name -> name.idHash().equals(hash))
        .sorted(
            Comparator.comparingLong(StoredName::sequenceNr)
                .thenComparingLong(StoredName::timestamp)
                .reversed())
        .toList();
  }

  /**
   * Reads one snapshot.
   *
   * @throws SnapshotDamagedException if it is damaged; then it was put aside
   * @throws SnapshotTooLargeException if its object is larger than configured; it stays
   * @throws UnsupportedSnapshotVersionException if a later version wrote it; it stays
   */
  StoredObject load(String persistenceId, StoredName name) throws IOException {
    String defect;
    try (StorageFile file = storage.openForReading(name.file())) {
      StoredObject snapshot = StoredObjectFile.read(file, maxObjectBytes);
      if (snapshot.persistenceId().equals(persistenceId)
          && snapshot.sequenceNr() == name.sequenceNr()) {
        return snapshot;
      }
      defect = "it is that of [" + snapshot.persistenceId() + "], " + snapshot.sequenceNr();
    } catch (StoredObjectFile.Defect found) {
      if (found.isNewer()) {
        throw new UnsupportedSnapshotVersionException(
            storage.describe() + "/" + name.file(), found.what());
      }
      defect = found.what();
    }
    LOG.warn(
        "Snapshot [{}] in [{}] is damaged: {}. It is put aside as [{}].",
        name.file(),
        storage.describe(),
        defect,
        name.putAside().file());
    storage.rename(name.file(), name.putAside().file());
    storage.syncDirectory();
    throw damaged(name, defect);
  }

  SnapshotDamagedException damaged(StoredName name, String defect) {
    return new SnapshotDamagedException(
        "snapshot ["
            + name.file()
            + "] in ["
            + storage.describe()
            + "] is damaged: "
            + defect
            + ". If no older one is left, this member has to be restored from the others");
  }

  /** Deletes an id's snapshots that match, also those put aside: they are out of date as well. */
  void delete(String idHash, Predicate<StoredName> matching) throws IOException {
    boolean deleted = false;
    for (String file : storage.list()) {
      StoredName name = StoredName.parse(file);
      if (name != null && name.idHash().equals(idHash) && matching.test(name)) {
        storage.delete(file);
        deleted = true;
      }
    }
    if (deleted) {
      storage.syncDirectory();
    }
  }

  @Override
  public void close() throws IOException {
    storage.close();
  }
}
