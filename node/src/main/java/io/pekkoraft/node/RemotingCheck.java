package io.pekkoraft.node;

import com.typesafe.config.Config;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * Looks, before a member starts, whether Artery may compress actor references. Where it does, the
 * first message that reaches a restarting system before the member's actor is there can make all
 * later ones of that sender go to dead letters: the path resolves to an empty reference,
 * compression keeps that one and advertises it to the sender.
 */
public final class RemotingCheck {
  private static final String KEY = "pekko.remote.artery.advanced.compression.actor-refs.max";

  private RemotingCheck() {}

  /**
   * @throws IllegalStateException if the system talks to others and compresses references; says
   *     what to set
   */
  public static void check(ActorSystem<?> system) {
    Config config = system.settings().config();
    boolean remote = !config.getString("pekko.actor.provider").equals("local");
    if (remote && !config.getString(KEY).equalsIgnoreCase("off")) {
      throw new IllegalStateException(
          "a member of pekko-raft needs "
              + KEY
              + " = off: with compression of actor references a restarted member can become deaf to"
              + " its leader for good. Set it in the configuration of the actor system; it costs"
              + " some bytes a message");
    }
  }
}
