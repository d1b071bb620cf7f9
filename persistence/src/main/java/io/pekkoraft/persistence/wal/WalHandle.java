package io.pekkoraft.persistence.wal;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Where the store of a directory is found, also after it was opened again. Safe for any thread. */
final class WalHandle {
  /** How to open the store; blocks while it is verified. */
  @FunctionalInterface
  interface Opening {
    Opened open();
  }

  /** A store, or why it could not be opened: asked again, the answer is the same. */
  record Opened(@Nullable WalStore store, @Nullable RuntimeException failure) {}

  private final Opening opening;
  private volatile Opened opened;

  WalHandle(Opening opening) {
    this.opening = opening;
    this.opened = opening.open();
  }

  /** A handle that was never openable. */
  static WalHandle failed(RuntimeException failure) {
    return new WalHandle(() -> new Opened(null, failure));
  }

  /** The store, or the reason why there is none is thrown. */
  WalStore store() {
    Opened current = opened;
    WalStore store = current.store();
    if (store == null) {
      throw Objects.requireNonNull(current.failure());
    }
    return store;
  }

  @Nullable WalStore storeOrNull() {
    return opened.store();
  }

  /** Opens the store anew, after the old one is closed; one that is sound is left as it is. */
  synchronized WalStore reopen() {
    WalStore old = opened.store();
    if (old != null && old.ended() == null) {
      return old;
    }
    close(old);
    opened = opening.open();
    return store();
  }

  private static void close(@Nullable WalStore store) {
    if (store != null) {
      store.closeQuietly();
    }
  }
}
