package io.pekkoraft.singleton;

import org.apache.pekko.actor.typed.ExtensionSetup;

/** Puts a test's session in the place of the real one. */
final class ScriptedSetup extends ExtensionSetup<RaftSingleton> {
  ScriptedSetup(ScriptedSession session) {
    super(RaftSingleton.Id.INSTANCE, system -> new RaftSingleton(system, session));
  }
}
