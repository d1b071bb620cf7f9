package io.pekkoraft.testkit.fullstack;

import static io.pekkoraft.testkit.fullstack.ForgedGroup.LOG;
import static io.pekkoraft.testkit.fullstack.ForgedGroup.batch;
import static io.pekkoraft.testkit.fullstack.ForgedGroup.log;
import static io.pekkoraft.testkit.fullstack.ForgedGroup.snapshot;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What no honest member leaves on its disk is put there, and named. */
class DiskChecksTest {
  private static final byte[] STATE = new byte[2 * Long.BYTES];

  private final ForgedGroup group = new ForgedGroup();

  @Test
  void an_honest_disk_breaks_nothing() {
    for (String name : List.of("a", "b", "c")) {
      group.stores(name, batch(1, 0, LOG));
    }
    group.checks.committedByLeader(group.machine("a"), 3);
    group.stores("b", batch(1, 0, LOG), batch(2, 4, log(0, 1, 1, 1, 2).subList(3, 4)));
    group.files.put("file", STATE);
    group.stores("c", group.read(snapshot(4), batch(1, 0, List.of())));
    assertThatCode(group.world::check).doesNotThrowAnyException();
  }

  @Test
  void two_entries_of_one_index_and_term() {
    group.stores("a", batch(1, 0, LOG));
    group.stores("b", batch(1, 0, log(9, 1, 1)));
    group.expect("I3 log matching");
  }

  @Test
  void a_leader_that_commits_what_it_has_not() {
    group.stores("a", batch(1, 0, LOG));
    group.stores("b", batch(1, 0, LOG));
    group.stores("c", batch(2, 0, log(0, 2, 2)));
    group.checks.committedByLeader(group.machine("c"), 2);
    group.expect("I6 what is committed is the same everywhere");
  }

  @Test
  void a_disk_that_loses_what_is_committed() {
    group.stores("a", batch(1, 0, LOG));
    group.stores("b", batch(1, 0, LOG));
    group.checks.committed(group.machine("a"), 4);
    group.stores("b", batch(1, 0, LOG), batch(2, 3, log(0, 1, 1, 2).subList(2, 3)));
    group.expect("I6 what is committed stays on a disk");
  }

  @Test
  void a_truncation_that_makes_room_for_nothing() {
    group.stores("a", batch(1, 0, LOG), batch(1, 3, List.of()));
    group.expect("I15 only a conflict of terms truncates");
  }

  @Test
  void a_truncation_of_what_is_the_same() {
    group.stores("a", batch(1, 0, LOG), batch(1, 3, LOG.subList(2, 4)));
    group.expect("I15 only a conflict of terms truncates");
  }

  @Test
  void a_vote_that_becomes_another_in_its_term() {
    group.stores("a", ForgedGroup.vote(2, "a"));
    group.stores("a", ForgedGroup.vote(2, "b"));
    group.expect("I10 a vote on a disk stays in its term");
  }

  @Test
  void a_commit_that_only_one_has() {
    group.stores("a", batch(1, 0, LOG));
    group.stores("b", batch(1, 0, LOG.subList(0, 3)));
    group.checks.committed(group.machine("a"), 4);
    group.expect("I7 a commit needs a durable quorum");
  }

  @Test
  void a_hole() {
    group.stores("a", batch(1, 0, LOG.subList(0, 2)), batch(1, 0, LOG.subList(3, 4)));
    group.expect("I27 the log on a disk has no hole");
  }

  @Test
  void a_term_that_goes_with_the_batch_that_holds_it() {
    group.files.put("file", STATE);
    group.stores("a", batch(1, 0, LOG));
    group.stores("a", group.read(snapshot(4)));
    group.expect("I9 the term on a disk never falls");
  }

  @Test
  void a_snapshot_without_its_file() {
    group.stores("a", group.read(snapshot(4), batch(1, 0, List.of())));
    group.expect("a snapshot's file is there");
  }

  @Test
  void a_file_that_goes_too_early() {
    group.files.put("file", STATE);
    group.stores("a", group.read(snapshot(4), batch(1, 0, List.of())));
    group.checks.deletes(group.machine("a"), "file");
    group.expect("a snapshot's file is there");
  }

  @Test
  void a_snapshot_of_another_index_than_it_says() {
    group.files.put("file", new byte[] {0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0});
    group.stores("a", group.read(snapshot(4), batch(1, 0, List.of())));
    group.expect("I27 a snapshot holds the state of its index");
  }
}
