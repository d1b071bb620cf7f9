package io.pekkoraft.persistence.wal;

import java.io.IOException;

/** Something that makes events durable. */
interface LogUnderTest extends AutoCloseable {
  /** Makes one event durable; {@code done} is run when it is, on any thread. */
  void write(int id, long sequenceNr, byte[] payload, Runnable done) throws IOException;

  /** Whether {@code write} returns only when the event is durable. */
  boolean blocks();

  @Override
  void close() throws IOException;
}
