package io.pekkoraft.testkit;

import io.pekkoraft.api.Outcome;
import io.pekkoraft.message.ClientRequest;
import java.util.function.Consumer;

/** A client of a {@link NodeUnderTest}: it has no deadline but what the test makes one. */
final class ScriptedRequest implements ClientRequest {
  private final byte[] command;
  private final Consumer<Outcome> then;
  private boolean done;

  ScriptedRequest(byte[] command, Consumer<Outcome> then) {
    this.command = command;
    this.then = then;
  }

  @Override
  public byte[] command() {
    return command;
  }

  @Override
  public boolean mayTakeEffect() {
    return !done;
  }

  @Override
  public boolean isDone() {
    return done;
  }

  @Override
  public void complete(Outcome outcome) {
    if (!done) {
      done = true;
      then.accept(outcome);
    }
  }
}
