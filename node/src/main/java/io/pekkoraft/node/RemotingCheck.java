package io.pekkoraft.node;

import com.typesafe.config.Config;
import io.pekkoraft.role.NodeSettings;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * Looks, before a member starts, whether Artery may compress actor references. Where it does, the
 * first message that reaches a restarting system before the member's actor is there can make all
 * later ones of that sender go to dead letters: the path resolves to an empty reference,
 * compression keeps that one and advertises it to the sender.
 */
public final class RemotingCheck {
  private static final String KEY = "pekko.remote.artery.advanced.compression.actor-refs.max";
  private static final String FRAME = "pekko.remote.artery.advanced.maximum-frame-size";
  private static final String LARGE_FRAME = "pekko.remote.artery.advanced.maximum-large-frame-size";
  private static final String LARGE = "pekko.remote.artery.large-message-destinations";

  /** What a message takes, at most, beside its entries or its part of a snapshot. */
  private static final int BYTES_BESIDE = 8 << 10;

  /** What an entry takes, at most, beside its command. */
  private static final int BYTES_BESIDE_COMMAND = 8;

  private RemotingCheck() {}

  /**
   * @throws IllegalStateException if the system talks to others and compresses references; says
   *     what to set
   */
  public static void check(ActorSystem<?> system) {
    Config config = system.settings().config();
    if (isRemote(config) && !config.getString(KEY).equalsIgnoreCase("off")) {
      throw new IllegalStateException(
          "a member of pekko-raft needs "
              + KEY
              + " = off: with compression of actor references a restarted member can become deaf to"
              + " its leader for good. Set it in the configuration of the actor system; it costs"
              + " some bytes a message");
    }
  }

  private static boolean isRemote(Config config) {
    return !config.getString("pekko.actor.provider").equals("local");
  }

  /**
   * Looks whether all that members send each other fits into a frame. Artery drops what does not:
   * an entry that is too large would be asked for again and again, and its group commit nothing
   * more.
   *
   * @throws IllegalStateException if something may not fit; says what to set
   */
  public static void checkSizes(ActorSystem<?> system, NodeSettings settings) {
    Config config = system.settings().config();
    if (!isRemote(config)) {
      return;
    }
    long frame = config.getBytes(FRAME);
    if (!config.getStringList(LARGE).isEmpty()) {
      frame = Math.max(frame, config.getBytes(LARGE_FRAME));
    }
    long beside = (long) BYTES_BESIDE_COMMAND * settings.maxAppendEntries();
    require(frame, "max-append-bytes", settings.maxAppendBytes() + beside);
    require(frame, "max-command-bytes", settings.maxCommandBytes());
    require(frame, "snapshot-part-bytes", settings.snapshotPartBytes());
  }

  private static void require(long frame, String key, long bytes) {
    if (bytes + BYTES_BESIDE > frame) {
      throw new IllegalStateException(
          "pekko-raft."
              + key
              + " allows messages of "
              + (bytes + BYTES_BESIDE)
              + " bytes with all that belongs to them, and remoting drops what is larger than "
              + frame
              + ". Lower it, or raise "
              + FRAME
              + " on all members");
    }
  }
}
