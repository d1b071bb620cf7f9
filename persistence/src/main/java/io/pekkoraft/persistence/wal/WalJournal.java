package io.pekkoraft.persistence.wal;

import com.typesafe.config.Config;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.dispatch.Futures;
import org.apache.pekko.persistence.AtomicWrite;
import org.apache.pekko.persistence.JournalProtocol.WriteMessages;
import org.apache.pekko.persistence.PersistentRepr;
import org.apache.pekko.persistence.journal.japi.AsyncWriteJournal;
import org.jspecify.annotations.Nullable;
import scala.PartialFunction;
import scala.collection.immutable.Seq;
import scala.concurrent.ExecutionContext;
import scala.concurrent.Future;
import scala.concurrent.Promise;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.BoxedUnit;
import scala.util.control.NonFatal;

/**
 * The journal plug-in {@code pekko-raft.persistence.journal}.
 *
 * <p>A write is confirmed when it is durable. A sequence number that is not above the highest one
 * of its persistence id fails its whole request: the actor that sent it is stopped by Pekko, as it
 * must be, for another writes under its id. An event that cannot be serialized is rejected alone.
 * After an error of the storage, and if the store cannot be opened, every request fails with the
 * cause until the actor system is started again or {@link WalStores#reopen} is called; but what was
 * durable before such an error can be replayed. Events that wait for the disk are bounded in bytes:
 * those beyond wait unserialized with their actors, which have one write in flight at most.
 */
public final class WalJournal extends AsyncWriteJournal {
  private final EventSerialization serialization;
  private final WalHandle handle;
  private final ExecutionContext background;
  private final boolean directReplies;

  /** Called by Pekko Persistence with the plug-in's section of the configuration. */
  public WalJournal(Config config) {
    ExtendedActorSystem system = (ExtendedActorSystem) context().system();
    this.serialization = new EventSerialization(system);
    this.background = system.dispatchers().lookup(config.getString("background-dispatcher"));
    this.directReplies =
        config.getBoolean("direct-replies")
            && !config.getBoolean("write-response-global-order")
            && config.getDuration("circuit-breaker.call-timeout").isZero();
    this.handle = WalStores.get(system).open(config);
  }

  private WalStore store() {
    return handle.store();
  }

  /**
   * Takes requests to write past Pekko's circuit breaker and the futures that follow it, which take
   * longer than everything else in a journal that does many writes with one flush.
   */
  @Override
  public void aroundReceive(PartialFunction<Object, BoxedUnit> receive, Object message) {
    if (!directReplies || !(message instanceof WriteMessages request) || !writeDirectly(request)) {
      super.aroundReceive(receive, message);
    }
  }

  /** Writes and answers, or does nothing and returns false: then it is for Pekko to do. */
  private boolean writeDirectly(WriteMessages request) {
    if (!request.messages().forall(message -> message instanceof AtomicWrite)) {
      return false;
    }
    Seq<AtomicWrite> prepared;
    try {
      prepared = preparePersistentBatch(request.messages());
    } catch (RuntimeException | Error rejected) {
      if (!NonFatal.apply(rejected)) {
        throw rejected;
      }
      // By an event adapter: Pekko asks it once more, and rejects.
      return false;
    }
    write(CollectionConverters.asJava(prepared), new WriteReply.Direct(request, self()));
    return true;
  }

  @Override
  public Future<Iterable<Optional<Exception>>> doAsyncWriteMessages(
      Iterable<AtomicWrite> messages) {
    Promise<Iterable<Optional<Exception>>> promise = Futures.promise();
    write(messages, WriteReply.to(promise));
    return promise.future();
  }

  private void write(Iterable<AtomicWrite> messages, WriteReply reply) {
    try {
      WalStore store = store();
      store.whenRoom(() -> write(store, messages, reply));
    } catch (RuntimeException notOpen) {
      reply.failed(notOpen);
    }
  }

  private void write(WalStore store, Iterable<AtomicWrite> messages, WriteReply reply) {
    List<EventRecord> events = new ArrayList<>(1);
    @Nullable List<Optional<Exception>> rejections = null;
    int count = 0;
    for (AtomicWrite write : messages) {
      Exception rejection = addRecords(write, events);
      if (rejection != null && rejections == null) {
        rejections = new ArrayList<>(Collections.nCopies(count, Optional.empty()));
      }
      if (rejections != null) {
        rejections.add(Optional.ofNullable(rejection));
      }
      count++;
    }
    // Nothing at all stands for "none rejected", and saves Pekko a list.
    List<Optional<Exception>> results = rejections == null ? List.of() : rejections;
    if (events.isEmpty()) {
      reply.written(results);
      return;
    }
    try {
      store.write(events, failure -> reply(reply, failure, results));
    } catch (RuntimeException notWritten) {
      reply.failed(notWritten);
    }
  }

  private static void reply(
      WriteReply reply, @Nullable Throwable failure, List<Optional<Exception>> results) {
    if (failure == null) {
      reply.written(results);
    } else {
      reply.failed(failure);
    }
  }

  /** Adds the records of one atomic write, or none and the reason why it is rejected. */
  private @Nullable Exception addRecords(AtomicWrite write, List<EventRecord> events) {
    int before = events.size();
    try {
      for (PersistentRepr event : CollectionConverters.asJava(write.payload())) {
        events.add(serialization.toRecord(event));
      }
      return null;
    } catch (Exception rejection) {
      events.subList(before, events.size()).clear();
      return rejection;
    } catch (Error error) {
      if (!NonFatal.apply(error)) {
        throw error;
      }
      // As an assertion's in a serializer: it would end the journal of all, or fail the store.
      events.subList(before, events.size()).clear();
      return new IllegalArgumentException("the event cannot be serialized: " + error, error);
    }
  }

  @Override
  @SuppressWarnings("NullAway") // a Void can only be null
  public Future<Void> doAsyncDeleteMessagesTo(String persistenceId, long toSequenceNr) {
    Promise<@Nullable Void> promise = Futures.promise();
    WalStore store = store();
    store.whenRoom(
        () ->
            store.deleteTo(
                persistenceId, toSequenceNr, failure -> complete(promise, failure, () -> null)));
    return promise.future();
  }

  @Override
  public Future<Long> doAsyncReadHighestSequenceNr(String persistenceId, long fromSequenceNr) {
    WalStore store = store();
    Promise<Long> promise = Futures.promise();
    LongSupplier highest = () -> store.highest(persistenceId);
    store.whenRoom(
        () -> store.afterOutstanding(failure -> complete(promise, failure, highest::getAsLong)));
    return promise.future();
  }

  @Override
  @SuppressWarnings("NullAway") // a Void can only be null
  public Future<Void> doAsyncReplayMessages(
      String persistenceId,
      long fromSequenceNr,
      long toSequenceNr,
      long max,
      Consumer<PersistentRepr> replayCallback) {
    WalStore store = store();
    Callable<@Nullable Void> replay =
        () -> {
          store.replay(
              persistenceId,
              fromSequenceNr,
              toSequenceNr,
              max,
              record -> replayCallback.accept(serialization.fromRecord(record)));
          return null;
        };
    return Futures.future(replay, background);
  }

  private static <T extends @Nullable Object> void complete(
      Promise<T> promise, @Nullable Throwable failure, Supplier<T> result) {
    if (failure == null) {
      try {
        promise.success(result.get());
      } catch (WalException refused) {
        promise.failure(refused);
      }
    } else {
      promise.failure(failure);
    }
  }
}
