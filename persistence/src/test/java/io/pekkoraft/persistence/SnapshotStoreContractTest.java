package io.pekkoraft.persistence;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.persistence.DeleteSnapshotSuccess;
import org.apache.pekko.persistence.DeleteSnapshotsSuccess;
import org.apache.pekko.persistence.SaveSnapshotFailure;
import org.apache.pekko.persistence.SaveSnapshotSuccess;
import org.apache.pekko.persistence.SelectedSnapshot;
import org.apache.pekko.persistence.SnapshotMetadata;
import org.apache.pekko.persistence.SnapshotProtocol;
import org.apache.pekko.persistence.SnapshotSelectionCriteria;
import org.junit.jupiter.api.Test;
import scala.jdk.javaapi.OptionConverters;

/**
 * What Pekko Persistence asks of a snapshot store, message by message: the ground of Pekko's own
 * compatibility tests, which cannot run here as they bring another test engine, and what a Raft log
 * needs besides.
 */
class SnapshotStoreContractTest extends PluginContract {
  private String maxObjectSize = "2 MiB";

  private SnapshotMetadata save(String id, long number, Object snapshot) {
    snapshots.tell(
        new SnapshotProtocol.SaveSnapshot(new SnapshotMetadata(id, number, 0), snapshot),
        probe.getRef());
    return probe.expectMsgClass(TIMEOUT, SaveSnapshotSuccess.class).metadata();
  }

  private List<Object> load(String id, SnapshotSelectionCriteria criteria, long to) {
    snapshots.tell(new SnapshotProtocol.LoadSnapshot(id, criteria, to), probe.getRef());
    SnapshotProtocol.LoadSnapshotResult result =
        probe.expectMsgClass(TIMEOUT, SnapshotProtocol.LoadSnapshotResult.class);
    return OptionConverters.toJava(result.snapshot()).map(SelectedSnapshot::snapshot).stream()
        .toList();
  }

  private List<Object> load(long from, long to) {
    return load(ID, SnapshotSelectionCriteria.create(to, Long.MAX_VALUE, from, 0), Long.MAX_VALUE);
  }

  @Test
  void no_snapshot_is_none() {
    assertThat(load("nobody", SnapshotSelectionCriteria.latest(), Long.MAX_VALUE)).isEmpty();
  }

  @Test
  void the_newest_snapshot_that_the_criteria_allow_is_loaded_also_after_a_restart() {
    for (long number = 1; number <= 5; number++) {
      save(ID, number * 10, "s-" + number);
    }
    save("other", 99, "other");
    for (int start = 0; start < 2; start++) {
      assertThat(load(0, Long.MAX_VALUE)).containsExactly("s-5");
      assertThat(load(0, 39)).containsExactly("s-3");
      assertThat(load(20, 20)).containsExactly("s-2");
      assertThat(load(51, 98)).isEmpty();
      assertThat(load(ID, SnapshotSelectionCriteria.latest(), 25)).containsExactly("s-2");
      assertThat(load(ID, SnapshotSelectionCriteria.none(), Long.MAX_VALUE)).isEmpty();
      restart();
    }
  }

  @Test
  void a_snapshot_of_a_number_takes_the_place_of_the_one_before() {
    save(ID, 7, "first");
    save(ID, 7, "second");
    restart();
    assertThat(load(7, 7)).containsExactly("second");
  }

  @Test
  void a_deleted_snapshot_is_gone_and_the_others_stay() {
    SnapshotMetadata first = save(ID, 1, "first");
    save(ID, 2, "second");
    save(ID, 3, "third");
    snapshots.tell(new SnapshotProtocol.DeleteSnapshot(first), probe.getRef());
    probe.expectMsgClass(TIMEOUT, DeleteSnapshotSuccess.class);
    assertThat(load(0, 1)).isEmpty();
    snapshots.tell(
        new SnapshotProtocol.DeleteSnapshots(
            ID, SnapshotSelectionCriteria.create(2, Long.MAX_VALUE)),
        probe.getRef());
    probe.expectMsgClass(TIMEOUT, DeleteSnapshotsSuccess.class);
    restart();
    assertThat(load(0, 2)).isEmpty();
    assertThat(load(0, 9)).containsExactly("third");
  }

  @Test
  void a_large_snapshot_comes_back() {
    String large = "state ".repeat(200_000);
    save(ID, 1, large);
    restart();
    assertThat(load(0, 1)).containsExactly(large);
  }

  @Test
  void a_snapshot_that_cannot_be_serialized_is_refused_and_the_one_before_stays() {
    save(ID, 1, "good");
    snapshots.tell(
        new SnapshotProtocol.SaveSnapshot(new SnapshotMetadata(ID, 2, 0), new Object()),
        probe.getRef());
    probe.expectMsgClass(TIMEOUT, SaveSnapshotFailure.class);
    assertThat(load(0, 9)).containsExactly("good");
  }

  @Test
  void a_snapshots_metadata_comes_back_also_after_a_restart() {
    SnapshotMetadata metadata = new SnapshotMetadata(ID, 7, 0).withMetadata("beside it");
    snapshots.tell(new SnapshotProtocol.SaveSnapshot(metadata, "state"), probe.getRef());
    probe.expectMsgClass(TIMEOUT, SaveSnapshotSuccess.class);
    for (int start = 0; start < 2; start++) {
      snapshots.tell(
          new SnapshotProtocol.LoadSnapshot(ID, SnapshotSelectionCriteria.latest(), Long.MAX_VALUE),
          probe.getRef());
      SelectedSnapshot loaded =
          probe.expectMsgClass(TIMEOUT, SnapshotProtocol.LoadSnapshotResult.class).snapshot().get();
      assertThat(loaded.snapshot()).isEqualTo("state");
      assertThat(OptionConverters.toJava(loaded.metadata().metadata())).contains("beside it");
      restart();
    }
  }

  /** A snapshot that can only be serialized with the actor system at hand. */
  record Asked(ActorRef by, String what) implements Serializable {}

  @Test
  void an_actor_reference_in_a_snapshot_comes_back_as_one_of_this_system() {
    save(ID, 1, new Asked(probe.getRef(), "what"));
    assertThat(load(0, 1)).containsExactly(new Asked(probe.getRef(), "what"));
  }

  /** Saves snapshots of the numbers 1 to 5 at times that differ. */
  private List<SnapshotMetadata> saveFive() {
    List<SnapshotMetadata> saved = new ArrayList<>();
    for (long number = 1; number <= 5; number++) {
      if (number > 1) {
        long last = saved.get(saved.size() - 1).timestamp();
        probe.awaitCond(TIMEOUT, () -> System.currentTimeMillis() > last);
      }
      saved.add(save(ID, number, "s-" + number));
    }
    return saved;
  }

  @Test
  void a_snapshot_is_found_by_bounds_of_its_time() {
    List<SnapshotMetadata> saved = saveFive();
    long second = saved.get(1).timestamp();
    long third = saved.get(2).timestamp();
    long fifth = saved.get(4).timestamp();
    for (int start = 0; start < 2; start++) {
      assertThat(loadOfTime(Long.MAX_VALUE, third, 0)).containsExactly("s-3");
      assertThat(loadOfTime(2, third, 0)).containsExactly("s-2");
      assertThat(loadOfTime(4, Long.MAX_VALUE, second)).containsExactly("s-4");
      assertThat(loadOfTime(Long.MAX_VALUE, saved.get(0).timestamp() - 1, 0)).isEmpty();
      assertThat(loadOfTime(Long.MAX_VALUE, Long.MAX_VALUE, fifth + 1)).isEmpty();
      assertThat(loadOfTime(2, Long.MAX_VALUE, third)).isEmpty();
      restart();
    }
  }

  private List<Object> loadOfTime(long toNumber, long toTime, long fromTime) {
    return load(
        ID, SnapshotSelectionCriteria.create(toNumber, toTime, 0, fromTime), Long.MAX_VALUE);
  }

  @Test
  void snapshots_are_deleted_up_to_a_number_and_a_time() {
    List<SnapshotMetadata> saved = saveFive();
    delete(SnapshotSelectionCriteria.create(4, saved.get(1).timestamp()));
    assertThat(load(0, 2)).isEmpty();
    assertThat(load(0, 3)).containsExactly("s-3");
    delete(SnapshotSelectionCriteria.create(3, Long.MAX_VALUE));
    assertThat(load(0, 3)).isEmpty();
    assertThat(load(0, 9)).containsExactly("s-5");
  }

  @Test
  void a_deletion_that_no_snapshot_is_old_enough_for_deletes_none() {
    List<SnapshotMetadata> saved = saveFive();
    SnapshotMetadata third = saved.get(2);
    delete(SnapshotSelectionCriteria.create(5, saved.get(0).timestamp() - 1));
    snapshots.tell(
        new SnapshotProtocol.DeleteSnapshot(
            new SnapshotMetadata(ID, third.sequenceNr(), third.timestamp() - 1)),
        probe.getRef());
    probe.expectMsgClass(TIMEOUT, DeleteSnapshotSuccess.class);
    restart();
    for (long number = 1; number <= 5; number++) {
      assertThat(load(number, number)).containsExactly("s-" + number);
    }
  }

  private void delete(SnapshotSelectionCriteria criteria) {
    snapshots.tell(new SnapshotProtocol.DeleteSnapshots(ID, criteria), probe.getRef());
    probe.expectMsgClass(TIMEOUT, DeleteSnapshotsSuccess.class);
  }

  @Test
  void a_snapshot_larger_than_the_limit_is_refused_by_name_and_the_one_before_stays() {
    save(ID, 1, "small");
    String large = "x".repeat(3 << 20);
    assertThat(refusal(2, large)).contains("[some-id]", "max-object-size", "2097152");
    assertThat(load(0, 9)).containsExactly("small");
  }

  @Test
  void a_snapshot_that_cannot_be_loaded_within_the_limit_stays_and_no_older_one_is_taken() {
    maxObjectSize = "4 MiB";
    restart();
    String large = "x".repeat(3 << 20);
    save(ID, 1, "small");
    save(ID, 2, large);
    maxObjectSize = "2 MiB";
    restart();
    snapshots.tell(
        new SnapshotProtocol.LoadSnapshot(ID, SnapshotSelectionCriteria.latest(), Long.MAX_VALUE),
        probe.getRef());
    SnapshotProtocol.LoadSnapshotFailed failed =
        probe.expectMsgClass(TIMEOUT, SnapshotProtocol.LoadSnapshotFailed.class);
    assertThat(failed.cause()).hasMessageContaining("max-object-size");
    maxObjectSize = "4 MiB";
    restart();
    assertThat(load(0, 9)).containsExactly(large);
  }

  @Test
  void a_snapshot_that_does_not_fit_into_the_heap_is_refused_and_the_one_before_stays() {
    save(ID, 1, "small");
    assertThat(refusal(2, new Endless())).contains("exceeds the heap");
    assertThat(load(0, 9)).containsExactly("small");
  }

  private String refusal(long number, Object snapshot) {
    snapshots.tell(
        new SnapshotProtocol.SaveSnapshot(new SnapshotMetadata(ID, number, 0), snapshot),
        probe.getRef());
    return String.valueOf(
        probe.expectMsgClass(TIMEOUT, SaveSnapshotFailure.class).cause().getMessage());
  }

  /** An object whose serialized form no heap can hold. */
  static final class Endless implements Serializable {
    private static final long serialVersionUID = 1;

    private void writeObject(java.io.ObjectOutputStream out) {
      throw new OutOfMemoryError("Requested array size exceeds VM limit");
    }
  }

  @Override
  Map<String, Object> more() {
    return Map.of("pekko-raft.persistence.snapshot-store.max-object-size", maxObjectSize);
  }
}
