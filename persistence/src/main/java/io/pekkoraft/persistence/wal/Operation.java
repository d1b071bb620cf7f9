package io.pekkoraft.persistence.wal;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Something to be done at the end of the log. The writer calls {@link #compose}, makes the batch
 * durable, then calls {@link #apply} and {@link #complete}, for all operations of a batch in their
 * order. After {@code complete} with a failure nothing else is called.
 */
interface Operation {
  /** About how many bytes it adds to the batch. */
  int bytes();

  /**
   * Whether it is refused while the disk is full, with {@link WalFullException}: what is left is
   * kept for operations that give space back.
   */
  default boolean isRefusedWhenFull() {
    return false;
  }

  /** Adds its records to the batch, or none. */
  void compose(Composition batch) throws IOException;

  /** Makes it visible: the batch is durable, at {@code batchOffset} of {@code segment}. */
  void apply(WalIndex index, long segment, int batchOffset);

  /** Tells its caller how it ended. */
  void complete(@Nullable Throwable failure);
}
