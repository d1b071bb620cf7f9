package io.pekkoraft.cluster;

import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.ExtensionSetup;

/** Put into an actor system's setup, it replaces {@link PekkoRaft} there: for tests. */
public final class PekkoRaftSetup extends ExtensionSetup<PekkoRaft> {

  /**
   * @param create makes the stand-in
   */
  public PekkoRaftSetup(Function<ActorSystem<?>, PekkoRaft> create) {
    super(PekkoRaft.Id.getInstance(), create);
  }
}
