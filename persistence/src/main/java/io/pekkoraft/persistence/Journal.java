package io.pekkoraft.persistence;

import io.pekkoraft.log.JournalEvent.LogBatch;
import io.pekkoraft.log.SnapshotDescriptor;

/**
 * Where a node's batches become durable. One writer; called from the node's actor only; never
 * blocks. Answers come through the {@link Listener} that the journal was opened with.
 */
public interface Journal {

  /**
   * Starts to write a batch. At most one write may be in flight: the next one only after {@link
   * Listener#persisted}.
   *
   * @param ticket number of the batch, given back when it is durable
   */
  void write(long ticket, LogBatch batch);

  /**
   * Keeps the descriptor of a snapshot whose file is durable already, and removes the batches that
   * lie wholly at or below it. May be called while a write is in flight. Best effort: if it fails,
   * more than needed is kept, and the next call tries again.
   */
  void compact(SnapshotDescriptor snapshot);

  /**
   * What a journal tells its node; called from the journal's actor, so implementations only pass a
   * message on.
   */
  interface Listener {

    /** Recovery is over. Comes first, once, unless {@link #failed} comes instead. */
    void recovered(RecoveredLog log);

    /** The batch of this ticket, and all before it, are durable. */
    void persisted(long ticket);

    /**
     * This descriptor is durable, so the files of older snapshots are not needed any more. Before
     * that they are: a restart would come back to them.
     */
    default void compacted(SnapshotDescriptor snapshot) {}

    /**
     * The journal is lost to this process: what was not confirmed may or may not be stored. Nothing
     * comes after it.
     */
    void failed(Throwable cause);
  }
}
