package io.pekkoraft.testkit;

import io.pekkoraft.log.Configuration;
import io.pekkoraft.log.JournalEvent.LogBatch;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.LogPosition;
import io.pekkoraft.message.Bytes;
import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.message.PeerMessage.AppendEntries;
import io.pekkoraft.message.PeerMessage.AppendReply;
import io.pekkoraft.message.PeerMessage.Heartbeat;
import io.pekkoraft.message.PeerMessage.InstallSnapshot;
import io.pekkoraft.role.NodeSettings;
import io.pekkoraft.state.RaftEvent;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Logs, commits, acknowledgements, snapshots, disks and bounds, broken one by one. */
final class LogBreaks {
  private LogBreaks() {}

  static void addTo(Map<String, Consumer<BrokenGroup>> breaks) {
    logs(breaks);
    commits(breaks);
    acknowledgements(breaks);
    snapshots(breaks);
    bounds(breaks);
    disks(breaks);
  }

  private static void logs(Map<String, Consumer<BrokenGroup>> breaks) {
    breaks.put(
        "I2 a leader only appends",
        g -> {
          g.appendAlone();
          g.truncate(g.leader, g.last + 1);
          g.settle(g.leader);
        });
    breaks.put(
        "I3 log matching",
        g -> {
          g.appendAlone();
          g.append(g.follower, g.forged(g.follower, g.term, 5));
          g.settle(g.follower);
        });
    breaks.put(
        "I15 nothing committed is truncated",
        g -> {
          g.truncate(g.follower, g.last);
          g.settle(g.follower);
        });
    breaks.put(
        "I15 only a conflict of terms truncates",
        g -> {
          g.append(g.follower, g.appendAlone());
          g.settle(g.follower);
          // a late append, of the same term, that ends before the log does
          AppendEntries late =
              new AppendEntries(
                  g.term, g.leader.state().log().slice(g.last - 1, 1, 1_000), 0, 0, 0);
          g.invariants.arrives(g.follower, g.envelope(g.leader, g.follower, late));
          g.truncate(g.follower, g.last + 1);
          g.settle(g.follower);
        });
    breaks.put(
        "I24 the members are those of snapshot and log",
        g -> {
          LogEntry entry = g.commitWithoutFollower();
          Configuration fewer =
              new Configuration(g.simulation.configuration().voters().subList(0, 1));
          g.record(
              g.follower,
              new RaftEvent.SnapshotInstalled(g.snapshot(entry.position(), entry.hash(), fewer)));
          g.settle(g.follower);
        });
  }

  private static void commits(Map<String, Consumer<BrokenGroup>> breaks) {
    breaks.put(
        "I4 a leader has all that is committed",
        g -> {
          g.commitWithoutFollower();
          g.advance(g.follower);
          g.invariants.commits().elected(g.follower);
        });
    breaks.put(
        "I6 what is committed is the same everywhere",
        g -> {
          g.commitWithoutFollower();
          g.advance(g.follower);
          g.append(g.follower, g.forged(g.follower, g.term + 1, 5));
          g.follower.state().commitTo(g.last + 1);
          g.settle(g.follower);
        });
    breaks.put(
        "I7 a leader commits first, and entries of its own term",
        g -> {
          g.append(g.follower, g.appendAlone());
          g.follower.state().commitTo(g.last + 1);
          g.settle(g.follower);
        });
    breaks.put(
        "I7 a majority holds on disk what is committed",
        g -> {
          g.appendAlone();
          g.leader.state().commitTo(g.last + 1);
          g.settle(g.leader);
        });
    breaks.put(
        "I8 commit never falls",
        g -> g.invariants.commits().changed(g.follower, g.last + 1, g.follower.state()));
    breaks.put(
        "I8 snapshot <= applied <= commit <= last",
        g -> {
          g.commitWithoutFollower();
          g.must(() -> g.invariants.appliedIndex(g.leader) == g.last + 1);
          g.invariants
              .states()
              .restored(g.follower, g.snapshot(g.last + 1), g.leader.running().state());
          g.settle(g.follower);
        });
    breaks.put(
        "I8 a follower commits what its leader's message validates",
        g -> {
          g.propose();
          g.must(() -> g.leader.state().commitIndex() == g.last + 1);
          Envelope heartbeat =
              g.envelope(g.leader, g.follower, new Heartbeat(g.term, g.last, 0, 0));
          g.invariants.arrives(g.follower, heartbeat);
          g.follower.state().commitTo(g.last + 1);
          g.invariants.handled(g.follower, heartbeat);
        });
    breaks.put(
        "I18 what is acknowledged is in every later leader's log",
        g -> {
          g.advance(g.leader);
          g.truncate(g.leader, g.last);
          g.append(g.leader, g.forged(g.leader, g.term + 1, 5));
          g.invariants.commits().changed(g.leader, g.last - 1, g.leader.state());
        });
  }

  private static AppendReply accepts(BrokenGroup g, long sentNanos, long previous, long index) {
    return new AppendReply(g.term, sentNanos, true, previous, index, 0);
  }

  private static void acknowledgements(Map<String, Consumer<BrokenGroup>> breaks) {
    breaks.put(
        "I13 what is acknowledged is durable",
        g -> {
          g.append(g.follower, g.appendAlone());
          g.leaves(g.follower, g.leader, accepts(g, 0, g.last, g.last + 1));
        });
    breaks.put(
        "I13 what is acknowledged is the leader's",
        g -> {
          g.appendAlone();
          LogEntry forged = g.forged(g.follower, g.term, 5);
          g.append(g.follower, forged);
          g.follower
              .disk()
              .add(new LogBatch(g.follower.state().hardState(), null, 0, List.of(forged)));
          g.leaves(g.follower, g.leader, accepts(g, 0, g.last, g.last + 1));
        });
    breaks.put(
        "I14 an acknowledgement goes no further than its request",
        g -> {
          AppendEntries request = new AppendEntries(g.term, g.slice(1, 0), 0, 77, 0);
          g.invariants.arrives(g.follower, g.envelope(g.leader, g.follower, request));
          g.leaves(g.follower, g.leader, accepts(g, 77, 1, g.last));
        });
  }

  private static void snapshots(Map<String, Consumer<BrokenGroup>> breaks) {
    breaks.put(
        "I27 a newer snapshot takes the place of an older one",
        g -> {
          g.compacted(g.follower, g.snapshot(2));
          g.compacted(g.follower, g.snapshot(1));
        });
    breaks.put(
        "I27 a snapshot covers what is committed",
        g ->
            g.compacted(
                g.follower,
                g.snapshot(new LogPosition(g.term, 2), 5, g.simulation.configuration())));
    breaks.put(
        "I27 the log goes on where the snapshot ends",
        g ->
            g.compacted(
                g.follower,
                g.snapshot(
                    new LogPosition(g.term + 1, 2),
                    g.invariants.commits().hashAt(2),
                    g.simulation.configuration())));
    breaks.put(
        "I27 a snapshot on disk is newer than the one before",
        g -> {
          g.follower.disk().compact(g.snapshot(2));
          LogBatch older = new LogBatch(g.follower.disk().hardState(), g.snapshot(1), 0, List.of());
          g.invariants.stores(g.follower, older);
        });
    breaks.put(
        "I27 a snapshot holds the state of its index",
        g -> {
          g.commitWithoutFollower();
          g.must(() -> g.invariants.appliedIndex(g.leader) == g.last + 1);
          g.invariants
              .states()
              .restored(g.follower, g.snapshot(g.last + 1), g.follower.running().state());
        });
    breaks.put(
        "a snapshot's file is there",
        g -> {
          g.follower.running().restore(g.snapshot(g.last));
          g.elapse(1_000);
        });
  }

  private static void bounds(Map<String, Consumer<BrokenGroup>> breaks) {
    NodeSettings settings = Cluster.SETTINGS;
    breaks.put(
        "I31 what waits to be committed is bounded",
        g -> {
          int tooMuch = (int) settings.maxUncommittedBytes() + 1;
          g.append(g.leader, g.forged(g.leader, g.term, tooMuch));
          g.settle(g.leader);
        });
    breaks.put(
        "I31 appends that wait for an answer are bounded",
        g -> {
          for (int i = 0; i <= settings.maxInflightAppends(); i++) {
            AppendEntries append = new AppendEntries(g.term, g.slice(g.last + i, 1), 0, 0, 0);
            g.leaves(g.leader, g.follower, append);
          }
        });
    breaks.put(
        "I31 an append is bounded",
        g -> {
          int tooMany = settings.maxAppendEntries() + 1;
          AppendEntries append = new AppendEntries(g.term, g.slice(g.last, tooMany), 0, 0, 0);
          g.leaves(g.leader, g.follower, append);
        });
    breaks.put(
        "I31 a part of a snapshot is bounded",
        g -> {
          Bytes tooLong = new Bytes(new byte[settings.snapshotPartBytes() + 1]);
          g.leaves(
              g.leader, g.follower, new InstallSnapshot(g.term, g.snapshot(1), 0, tooLong, 0, 0));
        });
    breaks.put(
        "I31 what is under way is bounded",
        g -> {
          for (int i = 0; i < 200_000; i++) {
            g.simulation.schedule(1_000_000_000L, () -> {});
          }
          g.elapse(100);
        });
    breaks.put(
        "a run comes to an end",
        g -> {
          g.simulation.limitEvents(g.simulation.events());
          g.elapse(1_000);
        });
  }

  private static void disks(Map<String, Consumer<BrokenGroup>> breaks) {
    breaks.put(
        "recovery is the fold of what is durable",
        g -> {
          g.follower.disk().add(g.batch(g.term + 1, g.follower.id()));
          g.invariants.recovered(g.follower);
        });
    breaks.put(
        "a second write while one is in flight",
        g -> {
          g.follower.running().write(1_000, g.batch(g.term, g.leader.id()));
          g.follower.running().write(1_001, g.batch(g.term, g.leader.id()));
        });
  }
}
