package io.pekkoraft.persistence.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Props;
import org.apache.pekko.persistence.AbstractPersistentActor;
import org.apache.pekko.persistence.RecoveryCompleted;
import org.apache.pekko.persistence.SaveSnapshotSuccess;
import org.apache.pekko.persistence.SnapshotOffer;

/**
 * A process in which persistent actors write through the plug-ins as fast as they can, delete what
 * their snapshots cover, and say on standard output what was confirmed: {@code R id n} recovered up
 * to n, {@code A id n} event n is confirmed, {@code F id cause} the store has failed, {@code BAD}
 * what was recovered is not what was written.
 */
public final class LoadProcess {
  static final int ACTORS = 8;
  private static final int SNAPSHOT_EVERY = 400;

  /** Not {@code System.out}: one line is one write, which is whole or not there. */
  private static final FileOutputStream OUT = new FileOutputStream(FileDescriptor.out);

  private LoadProcess() {}

  /**
   * @param args a directory
   */
  public static void main(String[] args) {
    Path directory = Path.of(args[0]);
    Config config =
        ConfigFactory.parseMap(
                Map.of(
                    "pekko.loglevel", "ERROR",
                    "pekko.persistence.journal.plugin", "pekko-raft.persistence.journal",
                    "pekko.persistence.snapshot-store.plugin",
                        "pekko-raft.persistence.snapshot-store",
                    "pekko-raft.persistence.journal.directory",
                        directory.resolve("journal").toString(),
                    "pekko-raft.persistence.snapshot-store.directory",
                        directory.resolve("snapshots").toString(),
                    "pekko-raft.persistence.journal.segment-size", "256 KiB",
                    "pekko-raft.persistence.journal.free-space-reserve", "64 KiB"))
            .withFallback(ConfigFactory.load());
    ActorSystem system = ActorSystem.create("load", config);
    for (int i = 0; i < ACTORS; i++) {
      String id = "load-" + i;
      system.actorOf(Props.create(Writer.class, () -> new Writer(id)), id);
    }
  }

  private static synchronized void say(String line) {
    try {
      OUT.write((line + "\n").getBytes(UTF_8));
    } catch (IOException nobodyListens) {
      throw new UncheckedIOException(nobodyListens);
    }
  }

  /** Writes one event after the other. */
  private static final class Writer extends AbstractPersistentActor {
    private final String id;
    private long last;

    Writer(String id) {
      this.id = id;
    }

    @Override
    public String persistenceId() {
      return id;
    }

    private String event(long number) {
      return id + ":" + number + ":" + "x".repeat((int) (number * 37 % 900));
    }

    @Override
    public Receive createReceiveRecover() {
      return receiveBuilder()
          .match(SnapshotOffer.class, offer -> last = Long.parseLong((String) offer.snapshot()))
          .match(String.class, this::recovered)
          .match(
              RecoveryCompleted.class,
              done -> {
                say("R " + id + " " + last);
                getSelf().tell("next", getSelf());
              })
          .build();
    }

    private void recovered(String event) {
      last++;
      if (!event.equals(event(last))) {
        say("BAD " + id + " " + last + " is " + event);
      }
    }

    @Override
    public Receive createReceive() {
      return receiveBuilder()
          .matchEquals("next", next -> persist(event(last + 1), this::persisted))
          .match(SaveSnapshotSuccess.class, saved -> deleteMessages(saved.metadata().sequenceNr()))
          .matchAny(other -> {})
          .build();
    }

    private void persisted(String event) {
      last++;
      say("A " + id + " " + last);
      if (last % SNAPSHOT_EVERY == 0) {
        saveSnapshot(String.valueOf(last));
      }
      getSelf().tell("next", getSelf());
    }

    @Override
    public void onPersistFailure(Throwable cause, Object event, long number) {
      say("F " + id + " " + cause.getClass().getName());
    }

    @Override
    public void onPersistRejected(Throwable cause, Object event, long number) {
      say("F " + id + " " + cause.getClass().getName());
    }

    @Override
    public void onRecoveryFailure(Throwable cause, scala.Option<Object> event) {
      say("BAD " + id + " cannot recover: " + cause);
    }
  }
}
