package io.pekkoraft.persistence.wal;

import com.typesafe.config.Config;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.pekko.dispatch.Futures;
import org.apache.pekko.persistence.AtomicWrite;
import org.apache.pekko.persistence.JournalProtocol.WriteMessages;
import org.apache.pekko.persistence.PersistentRepr;
import org.apache.pekko.persistence.journal.japi.AsyncWriteJournal;
import org.jspecify.annotations.Nullable;
import scala.PartialFunction;
import scala.concurrent.Future;
import scala.runtime.BoxedUnit;

/**
 * Confirms every write at once and keeps nothing: what is left is the price of the way from a
 * persistent actor to its journal and back, Pekko's own or that of direct replies, which no journal
 * that goes the same way can be faster than.
 */
final class MemoryJournal extends AsyncWriteJournal {
  private final boolean directReplies;

  MemoryJournal(Config config) {
    this.directReplies = config.getBoolean("direct-replies");
  }

  @Override
  public void aroundReceive(PartialFunction<Object, BoxedUnit> receive, Object message) {
    if (directReplies && message instanceof WriteMessages request) {
      new WriteReply.Direct(request, self()).written(List.of());
    } else {
      super.aroundReceive(receive, message);
    }
  }

  @Override
  public Future<Iterable<Optional<Exception>>> doAsyncWriteMessages(
      Iterable<AtomicWrite> messages) {
    return Futures.successful(List.of());
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
