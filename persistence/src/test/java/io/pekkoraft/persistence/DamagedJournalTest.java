package io.pekkoraft.persistence;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.log.JournalEvent.LogBatch;
import io.pekkoraft.persistence.JournalRefusedException.Reason;
import io.pekkoraft.persistence.wal.WalStores;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.persistence.PersistentRepr;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A journal of which the disk has damaged an event is refused until the event is back. */
class DamagedJournalTest {
  @TempDir Path directory;

  @Test
  void a_journal_with_lost_events_needs_repair_and_is_whole_after_it() throws Exception {
    RandomJournal journal = new RandomJournal(3);
    List<LogBatch> batches =
        List.of(journal.next(), journal.next(), journal.next(), journal.next());
    ActorSystem first = OurStores.system(directory);
    HearingNode writing = new HearingNode();
    PersistentJournal opened = open(first, writing);
    assertThat(writing.next()).isInstanceOf(RecoveredLog.class);
    for (int i = 0; i < batches.size(); i++) {
      opened.write(i, batches.get(i));
      assertThat(writing.next()).isEqualTo((long) i);
    }
    TestKit.shutdownActorSystem(first);
    damageEvent(3);

    ActorSystem second = OurStores.system(directory);
    try {
      HearingNode refused = new HearingNode();
      PersistentJournal unused = open(second, refused);
      assertThat(unused).isNotNull();
      assertThat(refused.next())
          .isInstanceOfSatisfying(
              JournalRefusedException.class,
              refusal -> assertThat(refusal.reason()).isEqualTo(Reason.NEEDS_REPAIR))
          .asString()
          .contains("NEEDS_REPAIR", "lost: 3.");

      Path log = directory.resolve("log");
      String id = "pekko-raft|shop|orders|a";
      WalStores stores = WalStores.get(second);
      assertThat(stores.lost(log))
          .containsOnly(Map.entry(id, "3"), Map.entry("", "whatever follows 0"));
      PersistentRepr event =
          PersistentRepr.apply(batches.get(1), 3, id, "", false, null, "restored");
      stores.repair(log, List.of(event)).toCompletableFuture().get(20, TimeUnit.SECONDS);

      HearingNode whole = new HearingNode();
      PersistentJournal again =
          PersistentJournal.open(
              second, "again", "pekko.actor.default-dispatcher", OurStores.settings(true), whole);
      assertThat(again).isNotNull();
      assertThat(((RecoveredLog) whole.next()).batches()).isEqualTo(batches);
    } finally {
      TestKit.shutdownActorSystem(second);
    }
  }

  /** Flips a bit in the last byte of the payload of an event. */
  private void damageEvent(int number) throws IOException {
    Path segment = directory.resolve("log").resolve("0000000000000001.wal");
    byte[] bytes = Files.readAllBytes(segment);
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int at = 0;
    for (int i = 0; i < number; i++) {
      at = text.indexOf("pekko-raft|shop|orders|a", at + 1);
    }
    bytes[at + 24 + 4] ^= 1; // the writer's UUID, behind id and manifest
    Files.write(segment, bytes);
  }

  private static PersistentJournal open(ActorSystem system, HearingNode node) {
    return PersistentJournal.open(
        system, "journal", "pekko.actor.default-dispatcher", OurStores.settings(true), node);
  }
}
