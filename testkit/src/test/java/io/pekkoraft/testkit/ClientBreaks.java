package io.pekkoraft.testkit;

import io.pekkoraft.api.Outcome;
import io.pekkoraft.codec.EnvelopeSerializer;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.message.PeerMessage.AppendReply;
import io.pekkoraft.message.PeerMessage.Heartbeat;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** What clients are told and state machines are handed, and what must happen in the calm. */
final class ClientBreaks {
  private ClientBreaks() {}

  static void addTo(Map<String, Consumer<BrokenGroup>> breaks) {
    machines(breaks);
    clients(breaks);
    liveness(breaks);
  }

  private static LogEntry first(BrokenGroup g) {
    return g.leader.state().log().entry(1);
  }

  private static void machines(Map<String, Consumer<BrokenGroup>> breaks) {
    byte[] nothing = {};
    breaks.put(
        "I5 what is applied is committed",
        g -> {
          LogEntry entry = g.appendAlone();
          g.invariants.states().applied(g.follower, entry, nothing, g.follower.running().state());
        });
    breaks.put(
        "I5 all state machines agree",
        g -> {
          LogEntry entry = g.commitWithoutFollower();
          g.must(() -> g.invariants.appliedIndex(g.leader) == entry.index());
          byte[] wrong = {1};
          g.invariants.states().applied(g.follower, entry, wrong, g.follower.running().state());
        });
    breaks.put(
        "I8 the commit that the application is told never falls",
        g -> g.invariants.states().handed(g.follower, g.snapshot(1)));
    breaks.put(
        "I16 what is committed is handed over in order, once",
        g -> g.invariants.states().handed(g.follower, List.of(first(g))));
    breaks.put(
        "I16 entries are applied in order, once",
        g ->
            g.invariants
                .states()
                .applied(g.follower, first(g), nothing, g.follower.running().state()));
    breaks.put(
        "I16 a state machine never goes back",
        g ->
            g.invariants
                .states()
                .restored(g.follower, g.snapshot(1), g.follower.running().state()));
  }

  /** An entry that holds this operation's command. */
  private static LogEntry entry(long index, long operation) {
    byte[] command = ByteBuffer.allocate(Long.BYTES).putLong(operation).array();
    return LogEntry.following(1, index, 1, LogEntry.Kind.COMMAND, command);
  }

  private static void clients(Map<String, Consumer<BrokenGroup>> breaks) {
    byte[] wrong = {1, 2, 3};
    breaks.put(
        "I17 what is acknowledged is committed",
        g -> {
          g.cut(g.leader);
          g.invariants.clients().answered(g.propose(), new Outcome.Committed(g.last, wrong));
        });
    breaks.put(
        "I17 the answer is the result",
        g ->
            g.invariants
                .clients()
                .answered(g.answered, new Outcome.Committed(g.answered.committedIndex(), wrong)));
    breaks.put(
        "I19 every command was proposed",
        g -> g.invariants.clients().committed(entry(g.last + 1, 1_000)));
    breaks.put(
        "I19 a command proposed once is committed once",
        g -> g.invariants.clients().committed(entry(g.last + 1, g.answered.id())));
    breaks.put(
        "I19 what certainly failed has no effect",
        g -> {
          Operation failed = g.propose();
          failed.complete(new Outcome.NoLeader("broken"));
          g.invariants.clients().committed(entry(g.last + 1, failed.id()));
        });
    breaks.put(
        "I21 what is asked after an answer comes after it",
        g -> g.invariants.clients().committed(entry(g.last, g.propose().id())));
    breaks.put(
        "bytes that nobody wrote are no message",
        g ->
            new SwarmWorld(g.simulation)
                .deliverBytes(
                    g.follower.index(),
                    new EnvelopeSerializer()
                        .toBinary(
                            g.envelope(g.leader, g.follower, new Heartbeat(g.term, 0, 0, 0)))));
  }

  private static void recover(BrokenGroup g) {
    new Recovery(g.simulation).check(() -> {});
  }

  private static void liveness(Map<String, Consumer<BrokenGroup>> breaks) {
    breaks.put(
        "L1 a leader is elected",
        g -> {
          g.simulation.nodes().forEach(g::cut);
          g.elapse(3_000);
          recover(g);
        });
    breaks.put(
        "L2 a command is committed",
        g -> {
          g.simulation.nodes().forEach(node -> node.running().holdWrites());
          recover(g);
        });
    breaks.put(
        "L3 all members converge",
        g -> {
          g.follower.running().slowApply(1_000_000_000);
          for (int i = 0; i < 60; i++) {
            g.propose();
            g.elapse(20); // each is a task by itself
          }
          recover(g);
        });
    breaks.put(
        "L4 few terms are needed",
        g ->
            new Recovery(g.simulation)
                .check(
                    () -> {
                      g.propose();
                      AppendReply later = new AppendReply(g.term + 9, 0, false, 0, 0, 0);
                      g.simulation.scheduleAt(
                          g.simulation.nowNanos(),
                          g.leader,
                          EventQueue.ANY_LIFE,
                          g.envelope(g.other, g.leader, later));
                    }));
    breaks.put(
        "L5 no client waits beyond its deadline",
        g -> {
          g.cut(g.follower);
          g.elapse(3_000); // it hears nobody, and asks
          g.simulation.network().healAll();
          Operation lost = g.simulation.propose(g.other, 16, Duration.ofHours(1));
          g.invariants.clients().proposed(lost); // counted twice, and answered once
          recover(g);
        });
    breaks.put(
        "L6 a follower that lags gets on",
        g -> {
          g.follower.running().holdWrites();
          recover(g);
        });
    breaks.put(
        "L7 a leader that reaches a quorum leads on",
        g -> {
          g.cut(g.leader);
          new PartialPartition(g.simulation, 1).holds(g.leader, 5);
        });
  }
}
