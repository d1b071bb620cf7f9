package io.pekkoraft.testkit.fullstack;

import io.pekkoraft.api.StateMachine;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Holds the last command; its answer is the one before. */
class RegisterMachine implements StateMachine {
  private byte[] value = {};

  byte[] value() {
    return value;
  }

  @Override
  public byte[] apply(long index, byte[] command) {
    byte[] before = value;
    value = command.clone();
    return before;
  }

  @Override
  public void writeSnapshot(OutputStream out) throws IOException {
    out.write(value);
  }

  @Override
  public void restore(InputStream in) throws IOException {
    value = in.readAllBytes();
  }
}
