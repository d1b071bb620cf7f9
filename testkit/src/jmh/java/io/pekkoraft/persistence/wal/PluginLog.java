package io.pekkoraft.persistence.wal;

import static java.util.Map.entry;

import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Props;
import org.apache.pekko.persistence.AbstractPersistentActor;
import org.apache.pekko.testkit.javadsl.TestKit;

/** A journal plug-in behind Pekko's persistent actors, one for each id. */
final class PluginLog implements LogUnderTest {
  private static final long DELETE_EVERY = 1000;
  private static final String JOURNAL_DISPATCHER = "pekko-raft.persistence.journal-dispatcher";
  private static final String MAILBOX = "pekko.actor.mailbox.unbounded-deque-based";

  private final ActorSystem system;
  private final List<ActorRef> actors = new ArrayList<>();

  @SuppressWarnings("ArrayRecordComponent") // carried, never compared
  private record Persist(byte[] event, Runnable done) {}

  private static final class Keeper extends AbstractPersistentActor {
    private final String id;

    Keeper(String id) {
      this.id = id;
    }

    @Override
    public String persistenceId() {
      return id;
    }

    @Override
    public Receive createReceiveRecover() {
      return receiveBuilder().matchAny(event -> {}).build();
    }

    @Override
    public Receive createReceive() {
      return receiveBuilder().match(Persist.class, this::onPersist).matchAny(other -> {}).build();
    }

    private void onPersist(Persist command) {
      persist(
          command.event(),
          event -> {
            if (lastSequenceNr() % DELETE_EVERY == 0) {
              deleteMessages(lastSequenceNr() - 1);
            }
            command.done().run();
          });
    }
  }

  /**
   * @param plugin configuration path of the journal
   */
  PluginLog(Path directory, String plugin, int ids) {
    system =
        ActorSystem.create(
            "log-benchmark",
            ConfigFactory.parseMap(
                    Map.ofEntries(
                        entry("pekko-raft.persistence.journal.directory", directory.toString()),
                        entry("rocks-journal.class", RocksJournal.class.getName()),
                        entry("rocks-journal.directory", directory.toString()),
                        entry("rocks-journal.plugin-dispatcher", JOURNAL_DISPATCHER),
                        entry("rocks-journal.write-response-global-order", "off"),
                        entry("memory-journal.class", MemoryJournal.class.getName()),
                        entry("memory-journal.plugin-dispatcher", JOURNAL_DISPATCHER),
                        entry("memory-journal.write-response-global-order", "off"),
                        entry("memory-journal.direct-replies", "off"),
                        entry("direct-memory-journal.class", MemoryJournal.class.getName()),
                        entry("direct-memory-journal.plugin-dispatcher", JOURNAL_DISPATCHER),
                        entry("direct-memory-journal.direct-replies", "on"),
                        entry("pekko.persistence.journal.plugin", plugin),
                        entry(
                            "pekko.persistence.snapshot-store.plugin",
                            "pekko.persistence.no-snapshot-store"),
                        entry("pekko.persistence.max-concurrent-recoveries", "1000"),
                        entry("pekko.loglevel", "WARNING")))
                .withFallback(ConfigFactory.load()));
    for (int i = 0; i < ids; i++) {
      String id = "pekko-raft|cluster|group-" + i + "|node-1";
      actors.add(
          system.actorOf(Props.create(Keeper.class, () -> new Keeper(id)).withMailbox(MAILBOX)));
    }
  }

  @Override
  public void write(int id, long sequenceNr, byte[] payload, Runnable done) {
    actors.get(id).tell(new Persist(payload, done), ActorRef.noSender());
  }

  @Override
  public boolean blocks() {
    return false;
  }

  @Override
  public void close() {
    TestKit.shutdownActorSystem(system);
  }
}
