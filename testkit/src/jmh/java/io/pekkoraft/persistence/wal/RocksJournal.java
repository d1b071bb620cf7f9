package io.pekkoraft.persistence.wal;

import com.typesafe.config.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.dispatch.Futures;
import org.apache.pekko.persistence.AtomicWrite;
import org.apache.pekko.persistence.PersistentRepr;
import org.apache.pekko.persistence.journal.japi.AsyncWriteJournal;
import org.jspecify.annotations.Nullable;
import scala.concurrent.Future;
import scala.concurrent.Promise;
import scala.jdk.javaapi.CollectionConverters;

/** RocksDB behind the interface of a journal plug-in, as far as the measurement needs it. */
final class RocksJournal extends AsyncWriteJournal {
  private final EventSerialization serialization;
  private final RocksLog log;

  RocksJournal(Config config) throws IOException {
    serialization = new EventSerialization((ExtendedActorSystem) context().system());
    log = new RocksLog(Files.createDirectories(Path.of(config.getString("directory"))), false);
  }

  @Override
  public void postStop() {
    log.close();
  }

  @Override
  public Future<Iterable<Optional<Exception>>> doAsyncWriteMessages(
      Iterable<AtomicWrite> messages) {
    Promise<Iterable<Optional<Exception>>> promise = Futures.promise();
    try {
      for (AtomicWrite write : messages) {
        for (PersistentRepr event : CollectionConverters.asJava(write.payload())) {
          EventRecord record = serialization.toRecord(event);
          byte[] bytes = new byte[RecordFormat.encodedLength(record)];
          RecordFormat.encode(record, bytes.length, bytes, 0);
          log.write(
              event.persistenceId().hashCode(),
              event.sequenceNr(),
              bytes,
              () -> promise.success(List.of()));
        }
      }
    } catch (IOException failure) {
      promise.failure(failure);
    }
    return promise.future();
  }

  @Override
  @SuppressWarnings("NullAway") // a Void can only be null
  public Future<Void> doAsyncDeleteMessagesTo(String persistenceId, long toSequenceNr) {
    return Futures.<@Nullable Void>successful(null);
  }

  @Override
  public Future<Long> doAsyncReadHighestSequenceNr(String persistenceId, long fromSequenceNr) {
    return Futures.successful(0L);
  }

  @Override
  @SuppressWarnings("NullAway") // a Void can only be null
  public Future<Void> doAsyncReplayMessages(
      String persistenceId,
      long fromSequenceNr,
      long toSequenceNr,
      long max,
      Consumer<PersistentRepr> replayCallback) {
    return Futures.<@Nullable Void>successful(null);
  }
}
