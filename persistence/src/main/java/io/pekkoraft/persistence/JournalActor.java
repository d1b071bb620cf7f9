package io.pekkoraft.persistence;

import io.pekkoraft.log.JournalEvent;
import io.pekkoraft.log.JournalEvent.Founded;
import io.pekkoraft.log.JournalEvent.LogBatch;
import io.pekkoraft.log.SnapshotDescriptor;
import io.pekkoraft.persistence.JournalRefusedException.Reason;
import io.pekkoraft.persistence.snapshot.SnapshotDamagedException;
import io.pekkoraft.persistence.wal.EventsLostException;
import io.pekkoraft.persistence.wal.WalDamagedException;
import java.util.List;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.persistence.AbstractPersistentActor;
import org.apache.pekko.persistence.DeleteMessagesFailure;
import org.apache.pekko.persistence.DeleteMessagesSuccess;
import org.apache.pekko.persistence.DeleteSnapshotsFailure;
import org.apache.pekko.persistence.DeleteSnapshotsSuccess;
import org.apache.pekko.persistence.RecoveryCompleted;
import org.apache.pekko.persistence.SaveSnapshotFailure;
import org.apache.pekko.persistence.SaveSnapshotSuccess;
import org.apache.pekko.persistence.SnapshotOffer;
import org.apache.pekko.persistence.SnapshotSelectionCriteria;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The persistent actor behind a {@link Journal}: one {@code persist} at a time, one event a batch,
 * no state but what compaction needs. Whatever goes wrong with what it stores is told to the {@link
 * Journal.Listener} once, and then it stops: an exception that left it would make its parent start
 * it again in silence.
 *
 * <p>Compaction: the descriptor is saved as a Pekko snapshot <em>at the sequence number of the last
 * batch that it replaces</em>, then events up to there are deleted, so that the log's tail above
 * the snapshot stays. The newest batch always stays, because it restates the hard state.
 */
class JournalActor extends AbstractPersistentActor {
  private static final Logger LOG = LoggerFactory.getLogger(JournalActor.class);

  /** Asks to write a batch. */
  record Write(long ticket, LogBatch batch) implements NoSerializationVerificationNeeded {}

  /** Asks to keep a descriptor and to delete what it replaces. */
  record Compact(SnapshotDescriptor snapshot) implements NoSerializationVerificationNeeded {}

  /** A descriptor on its way to the snapshot store, and the sequence number it is saved at. */
  private record Saving(SnapshotDescriptor snapshot, long sequenceNr) {}

  private final JournalSettings settings;
  private final Journal.Listener listener;
  private final RetainedBatches retained = new RetainedBatches();

  /** Until recovery is over. */
  private @Nullable RecoveryCheck recovery;

  /** As it is stored; null until recovery is over. */
  private @Nullable Founded founded;

  private @Nullable Saving saving;
  private @Nullable SnapshotDescriptor compactNext;
  private long savedSequenceNr;
  private boolean failed;

  /** Only {@link #create} makes one. */
  private JournalActor(JournalSettings settings, Journal.Listener listener) {
    this.settings = settings;
    this.listener = listener;
    this.recovery = new RecoveryCheck(settings.persistenceId(), settings.founded());
  }

  /**
   * Makes the actor.
   *
   * @throws RuntimeException if a plug-in is not configured or cannot be loaded
   */
  static JournalActor create(JournalSettings settings, Journal.Listener listener) {
    // Pekko asks for the plug-ins in the constructor of the superclass. What a local class captures
    // is there before that, the fields of this class are not.
    return new JournalActor(settings, listener) {
      @Override
      public String journalPluginId() {
        return settings.journalPlugin();
      }

      @Override
      public String snapshotPluginId() {
        return settings.snapshotPlugin();
      }
    };
  }

  @Override
  public String persistenceId() {
    return settings.persistenceId();
  }

  // --- recovery

  @Override
  public Receive createReceiveRecover() {
    return receiveBuilder()
        .match(SnapshotOffer.class, this::onSnapshotOffer)
        .match(JournalEvent.class, this::onReplayed)
        .match(RecoveryCompleted.class, done -> orFail(this::onRecoveryCompleted))
        .matchAny(this::onUnknown)
        .build();
  }

  private void onSnapshotOffer(SnapshotOffer offer) {
    if (offer.snapshot() instanceof StoredSnapshot stored) {
      savedSequenceNr = offer.metadata().sequenceNr();
      recovering().onSnapshot(savedSequenceNr, stored);
    } else {
      onUnknown(offer.snapshot());
    }
  }

  private void onReplayed(JournalEvent event) {
    recovering().onEvent(lastSequenceNr(), event);
    if (event instanceof LogBatch batch) {
      retained.add(lastSequenceNr(), batch);
    }
  }

  private void onUnknown(Object stored) {
    throw new JournalRefusedException(
        Reason.FOREIGN,
        "journal '"
            + persistenceId()
            + "' holds a "
            + stored.getClass().getName()
            + ", which is not of pekko-raft: another persistent actor uses its persistence id");
  }

  private void onRecoveryCompleted() {
    RecoveredLog found = recovering().complete(lastSequenceNr());
    recovery = null;
    if (found != null) {
      founded = found.founded();
      listener.recovered(found);
    } else if (settings.mayFound()) {
      persist(settings.founded(), stored -> orFail(() -> onFounded(stored)));
    } else {
      throw new JournalRefusedException(
          Reason.NEEDS_READMISSION,
          "journal '"
              + persistenceId()
              + "' is empty, but this start may not found it. If this member was in the group"
              + " before, its log and the votes it cast are lost, and it must not vote as if it"
              + " never had: check the configured data directory, or put the lost one back (this"
              + " version cannot admit a member anew; the others go on without it)");
    }
  }

  private void onFounded(Founded stored) {
    founded = stored;
    listener.recovered(new RecoveredLog(stored, null, List.of(), true));
  }

  private RecoveryCheck recovering() {
    if (recovery == null) {
      throw new IllegalStateException("recovery is over");
    }
    return recovery;
  }

  // --- commands

  @Override
  public Receive createReceive() {
    return receiveBuilder()
        .match(Write.class, write -> orFail(() -> onWrite(write)))
        .match(Compact.class, compact -> orFail(() -> onCompact(compact.snapshot())))
        .match(SaveSnapshotSuccess.class, saved -> orFail(this::onSaved))
        .match(SaveSnapshotFailure.class, failure -> orFail(() -> onSaveFailed(failure.cause())))
        .match(DeleteMessagesFailure.class, failure -> onDeleteFailed("events", failure.cause()))
        .match(
            DeleteSnapshotsFailure.class, failure -> onDeleteFailed("snapshots", failure.cause()))
        .match(DeleteMessagesSuccess.class, done -> {})
        .match(DeleteSnapshotsSuccess.class, done -> {})
        .build();
  }

  private void onWrite(Write write) {
    if (!failed) {
      persist(write.batch(), batch -> orFail(() -> onPersisted(write.ticket(), batch)));
    }
  }

  private void onPersisted(long ticket, LogBatch batch) {
    retained.add(lastSequenceNr(), batch);
    listener.persisted(ticket);
  }

  private void onCompact(SnapshotDescriptor snapshot) {
    if (saving != null) {
      compactNext = snapshot;
      return;
    }
    long sequenceNr = retained.lastReplacedBy(snapshot.index());
    if (founded == null || sequenceNr <= savedSequenceNr) {
      LOG.debug(
          "{}: no batch lies wholly below snapshot {} yet", persistenceId(), snapshot.index());
      return;
    }
    saving = new Saving(snapshot, sequenceNr);
    saveSnapshot(new StoredSnapshot(founded, snapshot));
  }

  /** Where a snapshot is saved: not at the newest event, so that the log above it is replayed. */
  @Override
  public long snapshotSequenceNr() {
    return saving == null ? super.snapshotSequenceNr() : saving.sequenceNr();
  }

  private void onSaved() {
    Saving saved = saving;
    if (saved == null) {
      return;
    }
    saving = null;
    savedSequenceNr = saved.sequenceNr();
    retained.dropThrough(savedSequenceNr);
    deleteMessages(savedSequenceNr);
    deleteSnapshots(SnapshotSelectionCriteria.create(savedSequenceNr - 1, Long.MAX_VALUE));
    listener.compacted(saved.snapshot());
    compactAgain();
  }

  private void onSaveFailed(Throwable cause) {
    LOG.warn(
        "{}: the snapshot descriptor could not be saved, the log is kept; the next one tries again",
        persistenceId(),
        cause);
    saving = null;
    compactAgain();
  }

  private void compactAgain() {
    SnapshotDescriptor next = compactNext;
    compactNext = null;
    if (next != null) {
      onCompact(next);
    }
  }

  private void onDeleteFailed(String what, Throwable cause) {
    LOG.warn(
        "{}: old {} could not be deleted; the next snapshot tries again",
        persistenceId(),
        what,
        cause);
  }

  // --- failure: told once, then the end

  @Override
  public void onPersistFailure(Throwable cause, @Nullable Object event, long sequenceNr) {
    fail(cause);
  }

  @Override
  public void onPersistRejected(Throwable cause, @Nullable Object event, long sequenceNr) {
    fail(cause);
  }

  @Override
  public void onRecoveryFailure(Throwable cause, scala.Option<Object> event) {
    fail(cause);
  }

  @Override
  public void preRestart(Throwable reason, scala.Option<Object> message) {
    fail(reason);
  }

  private static boolean isDamage(Throwable cause) {
    return cause instanceof EventsLostException
        || cause instanceof WalDamagedException
        || cause instanceof SnapshotDamagedException;
  }

  private static JournalRefusedException refusedForRepair(Throwable cause) {
    return new JournalRefusedException(Reason.NEEDS_REPAIR, cause);
  }

  private void orFail(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException e) {
      fail(e);
    }
  }

  private void fail(Throwable cause) {
    if (failed) {
      return;
    }
    failed = true;
    Throwable told = isDamage(cause) ? refusedForRepair(cause) : cause;
    LOG.error("{}: the journal failed", persistenceId(), told);
    getContext().stop(getSelf());
    listener.failed(told);
  }
}
