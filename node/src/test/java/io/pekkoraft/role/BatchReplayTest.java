package io.pekkoraft.role;

import static io.pekkoraft.role.RoleUnderTest.A;
import static io.pekkoraft.role.RoleUnderTest.GROUP;
import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.log.Configuration;
import io.pekkoraft.log.JournalEvent.Founded;
import io.pekkoraft.log.JournalEvent.LogBatch;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.LogPosition;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.log.SnapshotDescriptor;
import io.pekkoraft.persistence.RecoveredLog;
import io.pekkoraft.state.LogRecovery;
import io.pekkoraft.state.NodeState;
import io.pekkoraft.state.RaftEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a node recovers is what it had written; and what it calls durable is among it. */
class BatchReplayTest {
  private static final byte[] BIG = new byte[400_000];
  private static final Configuration CONFIGURATION = RoleUnderTest.configuration("a", "b", "c");

  private final RecordingPorts ports = new RecordingPorts(0);
  private final NodeRuntime runtime =
      new NodeRuntime(
          new NodeIdentity(GROUP, A, 1, 1, CONFIGURATION), RoleUnderTest.SETTINGS, ports);
  private int persisted;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void the_batches_replayed_in_order_are_the_state_in_memory(long seed) {
    Random random = new Random(seed);
    runtime.record(new RaftEvent.TermAdvanced(1));
    for (int step = 0; step < 400; step++) {
      for (int events = 1 + random.nextInt(4); events > 0; events--) {
        recordSomething(random);
      }
      runtime.handlerReturned();
      checkDurable();
      if (persisted < ports.writes.size() && random.nextInt(3) > 0) {
        persist();
        checkDurable();
      }
    }
    while (persisted < ports.writes.size()) {
      persist();
    }
    NodeState recovered = replay();
    assertThat(recovered.hardState()).isEqualTo(runtime.state().hardState());
    assertThat(recovered.log().last()).isEqualTo(runtime.state().log().last());
    assertThat(recovered.snapshotIndex()).isLessThanOrEqualTo(runtime.state().snapshotIndex());
    assertThat(runtime.durableIndex()).isEqualTo(runtime.state().log().lastIndex());
    checkEqualTo(recovered, runtime.durableIndex());
  }

  private void persist() {
    runtime.persisted(ports.writes.get(persisted++).ticket());
    runtime.handlerReturned();
  }

  private void recordSomething(Random random) {
    NodeState state = runtime.state();
    switch (random.nextInt(12)) {
      case 0 -> runtime.record(new RaftEvent.TermAdvanced(state.term() + 1 + random.nextInt(3)));
      case 1 -> {
        if (state.votedFor() == null) {
          runtime.record(new RaftEvent.VoteCast(state.term(), NodeId.of("b")));
        }
      }
      case 2, 3, 4 -> truncate(random, state);
      case 5 -> state.commitTo(between(random, state.commitIndex(), state.log().lastIndex()));
      case 6 -> {
        if (random.nextInt(8) == 0) {
          install(random, state);
        }
      }
      case 7 -> compact(random, state);
      default -> append(random, state);
    }
  }

  private void truncate(Random random, NodeState state) {
    long from = between(random, state.commitIndex() + 1, state.log().lastIndex() + 1);
    if (from <= state.log().lastIndex()) {
      runtime.record(new RaftEvent.LogTruncated(from));
    }
  }

  private void append(Random random, NodeState state) {
    List<LogEntry> entries = new ArrayList<>();
    long index = state.log().lastIndex();
    long hash = state.log().lastHash();
    for (int i = 1 + random.nextInt(5); i > 0; i--) {
      byte[] payload = random.nextInt(20) == 0 ? BIG : new byte[] {(byte) random.nextInt()};
      LogEntry entry =
          LogEntry.following(hash, ++index, state.term(), LogEntry.Kind.COMMAND, payload);
      hash = entry.hash();
      entries.add(entry);
    }
    runtime.record(new RaftEvent.EntriesAppended(entries));
  }

  private void install(Random random, NodeState state) {
    long index = state.commitIndex() + 1 + random.nextInt(20);
    runtime.install(
        new SnapshotDescriptor(
            new LogPosition(state.term(), index), random.nextLong(), CONFIGURATION, "f", 1, "h"));
  }

  private void compact(Random random, NodeState state) {
    long index = between(random, state.snapshotIndex() + 1, state.commitIndex());
    if (index <= state.commitIndex() && index <= runtime.durableIndex()) {
      SnapshotDescriptor snapshot =
          new SnapshotDescriptor(
              new LogPosition(state.log().termAt(index), index),
              state.log().hashAt(index),
              CONFIGURATION,
              "f",
              1,
              "h");
      long first = between(random, state.log().firstIndex(), index + 1);
      runtime.record(new RaftEvent.LogCompacted(snapshot, first));
    }
  }

  private static long between(Random random, long low, long high) {
    return high <= low ? low : low + random.nextLong(high - low + 1);
  }

  /** A crash now: what is called durable is there, and is what memory has. */
  private void checkDurable() {
    NodeState crashed = replay();
    assertThat(crashed.hardState()).isEqualTo(runtime.durableHardState());
    checkEqualTo(crashed, runtime.durableIndex());
  }

  private void checkEqualTo(NodeState recovered, long durableIndex) {
    NodeState state = runtime.state();
    long first = Math.max(recovered.log().firstIndex(), state.log().firstIndex());
    if (durableIndex > 0) {
      assertThat(recovered.log().lastIndex()).isGreaterThanOrEqualTo(durableIndex);
    }
    for (long index = first; index <= durableIndex; index++) {
      assertThat(recovered.log().hashAt(index)).isEqualTo(state.log().hashAt(index));
    }
  }

  private NodeState replay() {
    List<LogBatch> batches =
        ports.writes.subList(0, persisted).stream().map(RecordingPorts.Write::batch).toList();
    return LogRecovery.recover(
        new RecoveredLog(new Founded(GROUP, A, 1, CONFIGURATION), null, batches, false));
  }
}
