package io.pekkoraft.persistence.snapshot;

import com.typesafe.config.Config;
import io.pekkoraft.persistence.StoreDirectories;
import io.pekkoraft.persistence.file.StorageProvider;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.dispatch.Futures;
import org.apache.pekko.persistence.SelectedSnapshot;
import org.apache.pekko.persistence.SnapshotMetadata;
import org.apache.pekko.persistence.SnapshotSelectionCriteria;
import org.apache.pekko.persistence.snapshot.japi.SnapshotStore;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.Serializer;
import org.apache.pekko.serialization.Serializers;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.concurrent.ExecutionContext;
import scala.concurrent.Future;
import scala.jdk.javaapi.OptionConverters;

/**
 * The snapshot store plug-in {@code pekko-raft.persistence.snapshot-store}.
 *
 * <p>A saved snapshot is confirmed when it is durable. A damaged one is put aside, with a warning,
 * and an older one is used; if there is none, loading fails, for starting without it could mean
 * starting empty. A snapshot is one object and is held in memory as a whole, so its size is
 * limited; one that is too large is refused with the name of the limit, and nothing is lost.
 */
public final class FileSnapshotStore extends SnapshotStore {
  private static final Logger LOG = LoggerFactory.getLogger(FileSnapshotStore.class);

  private static final String SECTION = "pekko-raft.persistence.snapshot-store";

  private final Serialization serialization;
  private final ExecutionContext background;
  private final int maxLoadAttempts;
  private final int maxObjectBytes;
  private final @Nullable StoredSnapshots snapshots;
  private final @Nullable Exception openFailure;

  /** Called by Pekko Persistence with the plug-in's section of the configuration. */
  public FileSnapshotStore(Config config) {
    ExtendedActorSystem system = (ExtendedActorSystem) context().system();
    serialization = SerializationExtension.get(system);
    background = system.dispatchers().lookup(config.getString("background-dispatcher"));
    maxLoadAttempts = config.getInt("max-load-attempts");
    maxObjectBytes = (int) Math.min(config.getBytes("max-object-size"), Integer.MAX_VALUE);
    StoredSnapshots opened = null;
    Exception failure = null;
    try {
      StorageProvider provider =
          StorageProvider.named(
              config.getString("storage-provider"), system.dynamicAccess().classLoader());
      opened =
          StoredSnapshots.open(
              provider.open(
                  StoreDirectories.of(
                      config, system.settings().config(), SECTION, StoreDirectories.DESCRIPTORS)),
              maxObjectBytes);
    } catch (IOException | RuntimeException cannotOpen) {
      // Kept and told with every request: an actor that fails to start would leave them unanswered.
      LOG.error("The snapshot store cannot be opened", cannotOpen);
      failure = cannotOpen;
    }
    snapshots = opened;
    openFailure = failure;
  }

  @Override
  public void postStop() throws Exception {
    if (snapshots != null) {
      snapshots.close();
    }
    super.postStop();
  }

  @Override
  public Future<Optional<SelectedSnapshot>> doLoadAsync(
      String persistenceId, SnapshotSelectionCriteria criteria) {
    return inBackground(store -> load(store, persistenceId, criteria));
  }

  private Optional<SelectedSnapshot> load(
      StoredSnapshots store, String persistenceId, SnapshotSelectionCriteria criteria)
      throws Exception {
    Exception failure = null;
    int attempts = 0;
    for (StoredName name : store.find(persistenceId)) {
      if (!matches(criteria, name)) {
        continue;
      }
      if (name.damaged()) {
        failure = store.damaged(name, "it was put aside before, and no other is left");
        continue;
      }
      try {
        return Optional.of(deserialize(store.load(persistenceId, name)));
      } catch (SnapshotTooLargeException | UnsupportedSnapshotVersionException whole) {
        // Not damaged: an older one in its place would be a step back that nobody asked for.
        throw whole;
      } catch (Exception unusable) {
        LOG.warn("Snapshot [{}] of [{}] is passed over", name.file(), persistenceId, unusable);
        failure = unusable;
        attempts++;
      }
      if (attempts >= maxLoadAttempts) {
        break;
      }
    }
    if (failure != null) {
      throw failure;
    }
    return Optional.empty();
  }

  private static boolean matches(SnapshotSelectionCriteria criteria, StoredName name) {
    return name.sequenceNr() <= criteria.maxSequenceNr()
        && name.sequenceNr() >= criteria.minSequenceNr()
        && name.timestamp() <= criteria.maxTimestamp()
        && name.timestamp() >= criteria.minTimestamp();
  }

  @Override
  public Future<Void> doSaveAsync(SnapshotMetadata metadata, Object snapshot) {
    StoredObject stored;
    try {
      stored =
          new StoredObject(
              metadata.persistenceId(),
              metadata.sequenceNr(),
              metadata.timestamp(),
              serialize(snapshot),
              OptionConverters.toJava(metadata.metadata()).map(this::serialize).orElse(null));
    } catch (Exception notSerializable) {
      return Futures.failed(notSerializable);
    } catch (OutOfMemoryError noArrayOfThatSize) {
      // It failed to get one large array; the heap is as it was before, so nothing else suffers.
      return Futures.failed(
          new SnapshotTooLargeException(
              "the snapshot of [" + metadata.persistenceId() + "], serialized, exceeds the heap",
              maxObjectBytes));
    }
    return inBackground(
        store -> {
          store.save(stored);
          return null;
        });
  }

  @Override
  public Future<Void> doDeleteAsync(SnapshotMetadata metadata) {
    return delete(
        metadata.persistenceId(),
        name ->
            name.sequenceNr() == metadata.sequenceNr()
                && (metadata.timestamp() == 0 || name.timestamp() == metadata.timestamp()));
  }

  @Override
  public Future<Void> doDeleteAsync(String persistenceId, SnapshotSelectionCriteria criteria) {
    return delete(persistenceId, name -> matches(criteria, name));
  }

  private Future<Void> delete(
      String persistenceId, java.util.function.Predicate<StoredName> matching) {
    return inBackground(
        store -> {
          store.delete(StoredName.hash(persistenceId), matching);
          return null;
        });
  }

  /** Something to do with the open files. */
  private interface Task<T> {
    @Nullable T run(StoredSnapshots store) throws Exception;
  }

  private <T> Future<T> inBackground(Task<T> task) {
    StoredSnapshots store = snapshots;
    if (store == null) {
      return Futures.failed(openFailure == null ? new IOException("not open") : openFailure);
    }
    Callable<T> call = () -> task.run(store);
    return Futures.future(call, background);
  }

  private StoredObject.Serialized serialize(Object object) {
    Serializer serializer = serialization.findSerializerFor(object);
    byte[] bytes = serialization.serialize(object).get();
    return new StoredObject.Serialized(
        serializer.identifier(), Serializers.manifestFor(serializer, object), bytes);
  }

  private SelectedSnapshot deserialize(StoredObject stored) {
    SnapshotMetadata metadata =
        new SnapshotMetadata(stored.persistenceId(), stored.sequenceNr(), stored.timestamp());
    StoredObject.Serialized extra = stored.metadata();
    if (extra != null) {
      metadata = metadata.withMetadata(deserialize(extra));
    }
    return SelectedSnapshot.create(metadata, deserialize(stored.object()));
  }

  private Object deserialize(StoredObject.Serialized object) {
    return serialization
        .deserialize(object.bytes(), object.serializerId(), object.manifest())
        .get();
  }
}
