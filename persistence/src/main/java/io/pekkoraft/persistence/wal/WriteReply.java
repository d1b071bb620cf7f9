package io.pekkoraft.persistence.wal;

import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.persistence.AtomicWrite;
import org.apache.pekko.persistence.JournalProtocol;
import org.apache.pekko.persistence.PersistentRepr;
import scala.concurrent.Promise;
import scala.jdk.javaapi.CollectionConverters;

/** Where the outcome of a request to write goes, once, on any thread. */
interface WriteReply {

  /**
   * All that was not rejected is durable.
   *
   * @param rejections one for each atomic write of the request, or nothing at all if none was
   *     rejected
   */
  void written(List<Optional<Exception>> rejections);

  /** Nobody knows whether anything was written. */
  void failed(Throwable cause);

  /** Lets Pekko answer. */
  static WriteReply to(Promise<Iterable<Optional<Exception>>> promise) {
    return new WriteReply() {
      @Override
      public void written(List<Optional<Exception>> rejections) {
        promise.success(rejections);
      }

      @Override
      public void failed(Throwable cause) {
        promise.failure(cause);
      }
    };
  }

  /**
   * Answers the persistent actor at once, with the messages and in the order in which Pekko's own
   * {@code AsyncWriteJournal} would after some futures on the journal's dispatcher: about the
   * request, then about each event.
   *
   * @param request of atomic writes only
   */
  record Direct(JournalProtocol.WriteMessages request, ActorRef journal) implements WriteReply {

    @Override
    public void written(List<Optional<Exception>> rejections) {
      ActorRef actor = request.persistentActor();
      actor.tell(JournalProtocol.WriteMessagesSuccessful$.MODULE$, journal);
      int at = 0;
      for (AtomicWrite write : writes()) {
        Exception rejection = rejections.isEmpty() ? null : rejections.get(at++).orElse(null);
        for (PersistentRepr event : CollectionConverters.asJava(write.payload())) {
          Object told =
              rejection == null
                  ? new JournalProtocol.WriteMessageSuccess(event, request.actorInstanceId())
                  : new JournalProtocol.WriteMessageRejected(
                      event, rejection, request.actorInstanceId());
          actor.tell(told, event.sender());
        }
      }
    }

    @Override
    public void failed(Throwable cause) {
      ActorRef actor = request.persistentActor();
      actor.tell(
          new JournalProtocol.WriteMessagesFailed(cause, request.messages().size()), journal);
      for (AtomicWrite write : writes()) {
        for (PersistentRepr event : CollectionConverters.asJava(write.payload())) {
          actor.tell(
              new JournalProtocol.WriteMessageFailure(event, cause, request.actorInstanceId()),
              event.sender());
        }
      }
    }

    @SuppressWarnings("unchecked") // of atomic writes only
    private Iterable<AtomicWrite> writes() {
      return (Iterable<AtomicWrite>) (Iterable<?>) CollectionConverters.asJava(request.messages());
    }
  }
}
