package io.pekkoraft.persistence;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.log.Configuration;
import io.pekkoraft.log.GroupIdentity;
import io.pekkoraft.log.JournalEvent.Founded;
import io.pekkoraft.log.Member;
import io.pekkoraft.persistence.JournalRefusedException.Reason;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a node must not start with: a journal of somebody else, or one that lost something. */
class JournalRefusalTest extends JournalActorFixture {
  @Test
  void another_nodes_journal_is_refused_saying_what_differs() throws InterruptedException {
    founded();
    GroupIdentity group = FOUNDED.group();
    Map<String, Founded> others =
        Map.of(
            "group shop/orders#4d, not shop/orders#4e",
            new Founded(
                new GroupIdentity("shop", "orders", 78),
                FOUNDED.node(),
                11,
                FOUNDED.configuration()),
            "node incarnation b, not c",
            new Founded(group, FOUNDED.node(), 12, FOUNDED.configuration()),
            "not {a=b}",
            new Founded(
                group,
                FOUNDED.node(),
                11,
                new Configuration(List.of(new Member(FOUNDED.node(), 11, "x")))));
    for (Map.Entry<String, Founded> other : others.entrySet()) {
      Opened opened = reopen(new JournalSettings(other.getValue(), true, "", ""));
      assertThat(opened.refusal(Reason.FOREIGN)).contains(other.getKey(), "data directory");
    }
    assertThat(disk.sequenceNrs()).containsExactly(1L);
  }

  @Test
  void members_may_have_moved_to_other_addresses() throws InterruptedException {
    founded();
    List<Member> moved =
        FOUNDED.configuration().voters().stream()
            .map(voter -> new Member(voter.id(), voter.incarnation(), "pekko://shop@10.9.9.9:1"))
            .toList();
    Founded expected = new Founded(FOUNDED.group(), FOUNDED.node(), 11, new Configuration(moved));

    assertThat(reopen(new JournalSettings(expected, false, "", "")).next())
        .isEqualTo(new RecoveredLog(FOUNDED, null, List.of(), false));
  }

  @Test
  void a_lost_event_is_refused() throws InterruptedException {
    writeTen(founded());
    disk.lose(7);

    assertThat(reopen(true).refusal(Reason.DAMAGED))
        .contains("event 8 after 6, what is between is missing");
  }

  @Test
  void a_lost_newest_event_is_refused_though_the_log_has_no_hole() throws InterruptedException {
    writeTen(founded());
    disk.lose(11);

    assertThat(reopen(true).refusal(Reason.DAMAGED)).contains("only those up to 10 are there");
  }

  @Test
  void a_lost_beginning_is_refused_and_never_founded_again() throws InterruptedException {
    writeTen(founded());
    for (long sequenceNr = 1; sequenceNr <= 11; sequenceNr++) {
      disk.lose(sequenceNr);
    }

    assertThat(reopen(true).refusal(Reason.DAMAGED)).contains("events up to 11 were written");
  }

  @Test
  void a_damaged_event_ends_recovery_with_its_cause() throws InterruptedException {
    writeTen(founded());
    disk.damage(5);

    assertThat(String.valueOf(reopen(true).next())).contains("MalformedBytesException");
  }

  @Test
  void a_plugin_that_is_not_there_is_told() throws InterruptedException {
    Opened opened = open(new JournalSettings(FOUNDED, true, "no-such-journal", ""));

    assertThat(String.valueOf(opened.next())).contains("no-such-journal");
    opened.awaitStopped();
  }
}
