package io.pekkoraft.persistence.wal;

import org.jspecify.annotations.Nullable;

/** Told once how an operation ended, on the writer's dispatcher; must not block or throw. */
@FunctionalInterface
interface Outcome {
  /** The operation is durable if {@code failure} is null. */
  void done(@Nullable Throwable failure);
}
