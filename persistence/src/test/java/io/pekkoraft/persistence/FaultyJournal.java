package io.pekkoraft.persistence;

import com.typesafe.config.Config;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.dispatch.Futures;
import org.apache.pekko.persistence.AtomicWrite;
import org.apache.pekko.persistence.PersistentRepr;
import org.apache.pekko.persistence.journal.japi.AsyncWriteJournal;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import org.jspecify.annotations.Nullable;
import scala.concurrent.Future;
import scala.jdk.javaapi.CollectionConverters;

/** A journal whose bytes outlive an actor system, and that fails when it is told to. */
final class FaultyJournal extends AsyncWriteJournal {
  private static final Map<String, Disk> DISKS = new ConcurrentHashMap<>();

  /** What is stored, and what is to go wrong; shared with the test. */
  static final class Disk {
    private final TreeMap<Long, byte[]> events = new TreeMap<>();
    private long highest;
    private @Nullable Exception failure;
    private @Nullable Exception rejection;
    private @Nullable Exception deleteFailure;

    synchronized List<Long> sequenceNrs() {
      return List.copyOf(events.keySet());
    }

    synchronized void lose(long sequenceNr) {
      events.remove(sequenceNr);
    }

    synchronized void damage(long sequenceNr) {
      byte[] bytes = events.get(sequenceNr);
      if (bytes != null) {
        bytes[bytes.length - 1] ^= 1;
      }
    }

    synchronized void failWrites(@Nullable Exception cause) {
      failure = cause;
    }

    synchronized void rejectWrites(@Nullable Exception cause) {
      rejection = cause;
    }

    synchronized void failDeletes(@Nullable Exception cause) {
      deleteFailure = cause;
    }
  }

  /** The disk of this name. */
  static Disk disk(String name) {
    return DISKS.computeIfAbsent(name, unused -> new Disk());
  }

  private final Disk disk;
  private final Serialization serialization = SerializationExtension.get(context().system());

  FaultyJournal(Config config) {
    this.disk = disk(config.getString("disk"));
  }

  @Override
  public Future<Iterable<Optional<Exception>>> doAsyncWriteMessages(Iterable<AtomicWrite> writes) {
    synchronized (disk) {
      if (disk.failure != null) {
        return Futures.failed(disk.failure);
      }
      List<Optional<Exception>> results = new ArrayList<>();
      for (AtomicWrite write : writes) {
        if (disk.rejection == null) {
          CollectionConverters.asJava(write.payload()).forEach(this::store);
        }
        results.add(Optional.ofNullable(disk.rejection));
      }
      return Futures.successful(results);
    }
  }

  private void store(PersistentRepr event) {
    disk.events.put(event.sequenceNr(), serialization.serialize(event.payload()).get());
    disk.highest = event.sequenceNr();
  }

  @Override
  public Future<Void> doAsyncDeleteMessagesTo(String persistenceId, long toSequenceNr) {
    synchronized (disk) {
      if (disk.deleteFailure != null) {
        return Futures.failed(disk.deleteFailure);
      }
      disk.events.headMap(toSequenceNr, true).clear();
      return Futures.successful(null);
    }
  }

  @Override
  public Future<Void> doAsyncReplayMessages(
      String persistenceId, long from, long to, long max, Consumer<PersistentRepr> replay) {
    synchronized (disk) {
      try {
        disk.events
            .subMap(from, true, to, true)
            .forEach((nr, bytes) -> replay.accept(event(persistenceId, nr, bytes)));
        return Futures.successful(null);
      } catch (RuntimeException e) {
        return Futures.failed(e);
      }
    }
  }

  private PersistentRepr event(String persistenceId, long sequenceNr, byte[] bytes) {
    int identifier = new JournalSerializer().identifier();
    Object payload = serialization.deserialize(bytes, identifier, "raft").get();
    return PersistentRepr.apply(
        payload, sequenceNr, persistenceId, "", false, ActorRef.noSender(), "");
  }

  @Override
  public Future<Long> doAsyncReadHighestSequenceNr(String persistenceId, long from) {
    synchronized (disk) {
      return Futures.successful(disk.highest);
    }
  }
}
