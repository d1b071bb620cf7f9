package io.pekkoraft.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.api.RaftStatus;
import io.pekkoraft.log.HardState;
import io.pekkoraft.log.LogPosition;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.log.SnapshotDescriptor;
import io.pekkoraft.message.Bytes;
import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.message.PeerMessage;
import io.pekkoraft.message.PeerMessage.AppendEntries;
import io.pekkoraft.message.PeerMessage.Heartbeat;
import io.pekkoraft.message.PeerMessage.InstallSnapshot;
import io.pekkoraft.message.PeerMessage.PreVoteReply;
import io.pekkoraft.message.PeerMessage.VoteRequest;
import io.pekkoraft.testkit.quality.QualityFigures;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * A follower asks for pre-votes; grants, and words of its leader, are on their way to it. In every
 * order in which they can come, with any of them lost, doubled or from a round before: only grants
 * of the present round that come before the first word of the leader count (thesis 9.6). Each order
 * is a run of its own, held against a model of a few lines.
 */
class StaleGrantEnumerationTest {
  private static final String LEADER = "a";
  private static final String ASKER = "b";

  /** A message that is on its way to the asker. */
  private enum Flight {
    GRANT_C("c", true),
    GRANT_D("d", true),
    GRANT_E("e", true),
    /** Of the round before. */
    OLD_GRANT_C("c", false),
    OLD_GRANT_D("d", false),
    HEARTBEAT("", false),
    APPEND("", false),
    SNAPSHOT_PART("", false);

    final String voter;
    final boolean counts;

    Flight(String voter, boolean counts) {
      this.voter = voter;
      this.counts = counts;
    }

    boolean isContact() {
      return voter.isEmpty();
    }
  }

  /** What may be: a candidate when a majority has granted before the leader was heard. */
  private static boolean mayPromote(int size, List<Flight> order) {
    Set<String> granted = new HashSet<>();
    for (Flight flight : order) {
      if (flight.isContact()) {
        return false;
      }
      if (flight.counts) {
        granted.add(flight.voter);
      }
      if (granted.size() + 1 > size / 2) {
        return true;
      }
    }
    return false;
  }

  /** One run, up to the moment when the grants of the second round are on their way. */
  private static final class Run {
    final Stage stage;
    final long term;
    final HardState onDisk;
    final long firstRound;

    Run(int size) {
      stage = new Stage(size, Cluster.SETTINGS, 0, "an order of stale grants");
      stage.timeouts(ASKER, List.of(Duration.ofMillis(1200), Duration.ofMillis(1000)));
      for (String other : stage.members().subList(2, size)) {
        stage.timeouts(other, List.of(Duration.ofMillis(1950)));
      }
      stage.members().forEach(stage::start);
      must("a leads", stage.await(() -> stage.node(LEADER).isLeader(), Cluster.ELECTION_LIMIT));
      must(
          "all alike",
          stage.await(() -> stage.isConverged(stage.members()), Duration.ofSeconds(1)));
      stage.messages().hold(e -> isFrom(e, LEADER) && isContact(e.message()));
      stage.messages().hold(e -> e.message() instanceof PreVoteReply);
      stage.elapse(Duration.ofMillis(150));
      stage.propose(LEADER, 16, Duration.ofSeconds(30), outcome -> {});
      must("b asks", stage.await(this::asks, Duration.ofSeconds(2)));
      firstRound = asked();
      must("b asks again", stage.await(() -> asked() > firstRound, Duration.ofSeconds(2)));
      stage.elapse(Duration.ofMillis(3));
      term = stage.term(ASKER);
      onDisk = stage.node(ASKER).disk().hardState();
    }

    private static void must(String what, boolean holds) {
      assertThat(holds).as(what).isTrue();
    }

    private boolean asks() {
      return stage.role(ASKER) == RaftStatus.Role.PRE_CANDIDATE;
    }

    private long asked() {
      return stage.messages().sent(e -> isFrom(e, ASKER)).stream()
          .filter(e -> e.message() instanceof PeerMessage.PreVoteRequest)
          .mapToLong(e -> ((PeerMessage.PreVoteRequest) e.message()).round())
          .max()
          .orElse(0);
    }

    private static boolean isFrom(Envelope envelope, String from) {
      return envelope.header().from().value().equals(from);
    }

    private static boolean isContact(PeerMessage message) {
      return message instanceof Heartbeat || message instanceof AppendEntries;
    }

    void deliver(Flight flight) {
      if (flight == Flight.SNAPSHOT_PART) {
        LogPosition position = new LogPosition(term, 100);
        SnapshotDescriptor snapshot =
            new SnapshotDescriptor(
                position, 1, stage.simulation().configuration(), "100-1", 64, "0");
        stage
            .messages()
            .inject(
                LEADER,
                ASKER,
                new InstallSnapshot(term, snapshot, 0, new Bytes(new byte[32]), 1, 0),
                null);
        return;
      }
      List<Envelope> matching = stage.messages().held(e -> is(e, flight));
      must(flight + " is on its way", !matching.isEmpty());
      stage.messages().deliver(matching.get(0)); // and it stays there: it may come again
    }

    private boolean is(Envelope envelope, Flight flight) {
      if (!envelope.header().to().equals(NodeId.of(ASKER))) {
        return false;
      }
      PeerMessage message = envelope.message();
      if (flight.isContact()) {
        return flight == Flight.HEARTBEAT
            ? message instanceof Heartbeat
            : message instanceof AppendEntries append && !append.slice().isEmpty();
      }
      return message instanceof PreVoteReply reply
          && reply.verdict().granted()
          && isFrom(envelope, flight.voter)
          && (reply.round() > firstRound) == flight.counts;
    }

    boolean stoodForElection() {
      return !stage
          .messages()
          .sent(e -> isFrom(e, ASKER) && e.message() instanceof VoteRequest)
          .isEmpty();
    }
  }

  private static boolean play(int size, List<Flight> order) {
    Run run = new Run(size);
    order.forEach(run::deliver);
    boolean promoted = mayPromote(size, order);
    assertThat(run.stoodForElection()).as("%s of %s", order, size).isEqualTo(promoted);
    if (promoted) {
      assertThat(run.stage.term(ASKER)).isEqualTo(run.term + 1);
    } else {
      boolean heard = order.stream().anyMatch(Flight::isContact);
      if (heard) {
        assertThat(run.stage.role(ASKER)).isEqualTo(RaftStatus.Role.FOLLOWER);
        run.stage.elapse(Duration.ofMillis(999)); // not before the next real timeout
        assertThat(run.stoodForElection()).as("%s of %s, later", order, size).isFalse();
      }
      assertThat(run.stage.term(ASKER)).isEqualTo(run.term);
      assertThat(run.stage.node(ASKER).disk().hardState()).isEqualTo(run.onDisk);
    }
    run.stage.messages().dropHeld(e -> true);
    run.stage.messages().holdNoMore();
    boolean led =
        run.stage.await(
            () -> run.stage.members().stream().anyMatch(m -> run.stage.node(m).isLeader()),
            Cluster.ELECTION_LIMIT);
    assertThat(led).as("%s of %s: an expired lease does promote", order, size).isTrue();
    return promoted;
  }

  /** Plays every order of every part of these; equal ones are not told apart. */
  private static void enumerate(
      int size, List<Flight> chosen, SortedMap<Flight, Integer> left, long[] counts) {
    counts[play(size, chosen) ? 1 : 0]++;
    for (Flight next : List.copyOf(left.keySet())) {
      TreeMap<Flight, Integer> rest = new TreeMap<>(left);
      rest.merge(next, -1, (one, other) -> one + other == 0 ? null : one + other);
      List<Flight> longer = new ArrayList<>(chosen);
      longer.add(next);
      enumerate(size, longer, rest, counts);
    }
  }

  private static long[] enumerate(int size, Flight... flights) {
    TreeMap<Flight, Integer> left = new TreeMap<>();
    for (Flight flight : flights) {
      left.merge(flight, 1, Integer::sum);
    }
    long[] counts = new long[2];
    enumerate(size, List.of(), left, counts);
    return counts;
  }

  private static long[] sum(long[]... all) {
    long[] sum = new long[2];
    for (long[] counts : all) {
      sum[0] += counts[0];
      sum[1] += counts[1];
    }
    assertThat(sum).doesNotContain(0);
    return sum;
  }

  @Test
  void in_every_order_only_grants_before_the_first_word_of_the_leader_count() {
    long[] three = ofThreeMembers();
    long[] five = ofFiveMembers();
    QualityFigures.of("Stale pre-vote grants")
        .add("orders of messages on their way, three members", three[0] + three[1])
        .add("of them elections, three members", three[1])
        .add("orders of messages on their way, five members", five[0] + five[1])
        .add("of them elections, five members", five[1])
        .add("elections by a grant that came after the leader was heard", 0)
        .write();
  }

  private static long[] ofThreeMembers() {
    return sum(
        enumerate(
            3, Flight.GRANT_C, Flight.GRANT_C, Flight.OLD_GRANT_C, Flight.HEARTBEAT, Flight.APPEND),
        enumerate(
            3,
            Flight.GRANT_C,
            Flight.GRANT_C,
            Flight.OLD_GRANT_C,
            Flight.SNAPSHOT_PART,
            Flight.HEARTBEAT));
  }

  private static long[] ofFiveMembers() {
    return sum(
        enumerate(
            5, Flight.GRANT_C, Flight.GRANT_D, Flight.GRANT_E, Flight.HEARTBEAT, Flight.APPEND),
        enumerate(
            5,
            Flight.GRANT_C,
            Flight.GRANT_C,
            Flight.GRANT_D,
            Flight.OLD_GRANT_D,
            Flight.HEARTBEAT),
        enumerate(
            5, Flight.GRANT_C, Flight.GRANT_C, Flight.GRANT_D, Flight.OLD_GRANT_D, Flight.APPEND),
        enumerate(
            5,
            Flight.GRANT_C,
            Flight.GRANT_C,
            Flight.GRANT_D,
            Flight.OLD_GRANT_D,
            Flight.SNAPSHOT_PART),
        enumerate(
            5,
            Flight.GRANT_C,
            Flight.OLD_GRANT_C,
            Flight.GRANT_D,
            Flight.OLD_GRANT_D,
            Flight.HEARTBEAT));
  }
}
