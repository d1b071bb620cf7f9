package io.pekkoraft.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.message.PeerMessage.Heartbeat;
import io.pekkoraft.message.PeerMessage.PreVoteReply;
import io.pekkoraft.testkit.picture.MessageWords;
import io.pekkoraft.testkit.picture.Recording;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the picture of a simulation shows, against what happened in it. */
class PictureTest {
  private static final String WHERE = "picture: ";

  /** Rows of messages as the page has them: kind, from, to, sent, step, fate, end, step, flags. */
  private static List<long[]> messages(Picture picture) {
    String html = picture.html();
    String rows = html.substring(html.indexOf("\"messages\":["), html.indexOf("\"steps\":["));
    Matcher row = Pattern.compile("\\n\\[((?:-?\\d+,){9})").matcher(rows);
    List<long[]> messages = new ArrayList<>();
    while (row.find()) {
      String[] numbers = row.group(1).split(",", 0);
      long[] message = new long[numbers.length];
      for (int i = 0; i < numbers.length; i++) {
        message[i] = Long.parseLong(numbers[i]);
      }
      messages.add(message);
    }
    return messages;
  }

  private static long countFate(Picture picture, int fate) {
    return messages(picture).stream().filter(message -> message[5] == fate).count();
  }

  @Test
  void every_message_that_leaves_is_an_arrow_from_its_sender_to_its_receiver() {
    Cluster cluster = Cluster.of(3);
    List<Envelope> sent = new ArrayList<>();
    Picture picture = Picture.of(cluster.simulation());
    cluster.simulation().network().setWire(envelope -> note(sent, envelope));
    String leader = cluster.awaitLeader();
    cluster.commit(leader);
    cluster.elapse(500);
    List<long[]> arrows = messages(picture);
    assertThat(arrows).hasSameSizeAs(sent).hasSizeGreaterThan(20);
    for (int i = 0; i < sent.size(); i++) {
      Envelope envelope = sent.get(i);
      long[] arrow = arrows.get(i);
      assertThat(MessageWords.KINDS.get((int) arrow[0]).name())
          .isEqualTo(envelope.message().getClass().getSimpleName());
      assertThat(arrow[1]).isEqualTo(cluster.node(envelope.header().from().value()).index());
      assertThat(arrow[2]).isEqualTo(cluster.node(envelope.header().to().value()).index());
      assertThat(arrow[4]).as("it leaves in a step").isNotNegative();
      if (arrow[5] == 1) {
        assertThat(arrow[6] - arrow[3]).as("a millisecond on its way").isEqualTo(1_000_000);
      }
    }
  }

  private static Envelope note(List<Envelope> sent, Envelope envelope) {
    sent.add(envelope);
    return envelope;
  }

  @Test
  void what_is_lost_held_discarded_refused_or_comes_to_the_dead_is_told_apart() {
    Cluster cluster = Cluster.of(3);
    Picture picture = Picture.of(cluster.simulation());
    String leader = cluster.awaitLeader();
    String follower = cluster.others(leader).get(0);
    cluster.commit(leader);
    assertThat(countFate(picture, 2)).isZero();
    cluster.cutOneWay(leader, follower);
    cluster.elapse(250);
    assertThat(countFate(picture, 2)).as("lost").isEqualTo(2);
    cluster.heal();
    cluster.holdTo(Heartbeat.class, follower);
    cluster.elapse(200);
    assertThat(countFate(picture, 3)).as("held").isEqualTo(2);
    cluster.releaseAll();
    assertThat(countFate(picture, 3)).as("held").isZero();
    cluster.holdTo(Heartbeat.class, follower);
    cluster.elapse(100);
    cluster.discardHeld();
    cluster.holdNoMore();
    assertThat(countFate(picture, 2)).as("lost").isEqualTo(3);
    cluster.hold(PreVoteReply.class);
    cluster.crash(follower);
    cluster.elapse(200);
    assertThat(countFate(picture, 4)).as("nobody there").isEqualTo(2);
    cluster.start(follower);
    cluster.elapse(200);
    assertThat(countFate(picture, 5)).as("not let in").isPositive();
    cluster.pause(follower);
    cluster.elapse(150);
    cluster.resume(follower);
    cluster.elapse(1);
    assertThat(messages(picture)).as("waited").anyMatch(message -> (message[8] & 4) != 0);
    assertThat(messages(picture))
        .as("the test made none of them")
        .noneMatch(message -> (message[8] & 8) != 0);
  }

  @Test
  void a_run_with_a_recorder_is_the_same_run() {
    FaultSwarm.Result plain = FaultSwarm.run(7, "seed 7");
    FaultSwarm.Result drawn = FaultSwarm.run(7, "seed 7", Picture::of);
    assertThat(drawn.traceHash()).isEqualTo(plain.traceHash());
    assertThat(drawn.events()).isEqualTo(plain.events());
  }

  private static String html(long seed, int maxSteps) {
    Picture[] picture = new Picture[1];
    FaultSwarm.run(
        seed, "seed " + seed, simulation -> picture[0] = Picture.of(simulation, maxSteps));
    return picture[0].html();
  }

  @Test
  void a_seed_gives_the_same_bytes_every_time() {
    assertThat(html(7, 20_000)).isEqualTo(html(7, 20_000)).isNotEqualTo(html(8, 20_000));
  }

  @Test
  void a_long_run_is_kept_from_its_end() {
    assertThat(html(7, 300).length()).isLessThan(html(7, 20_000).length() / 3);
  }

  @Test
  void a_seed_that_fails_is_run_again_and_says_where_its_picture_is() throws IOException {
    assertThatThrownBy(
            () ->
                Pictures.of(
                    "mutant of PictureTest",
                    prepare ->
                        FaultSwarm.run(
                            1,
                            "seed 1",
                            simulation -> {
                              simulation.tampering().confirmEarly();
                              prepare.accept(simulation);
                            })))
        .isInstanceOfSatisfying(
            InvariantViolation.class,
            violation -> {
              String report = String.valueOf(violation.getMessage());
              int at = report.indexOf(WHERE) + WHERE.length();
              Path file = Path.of(report.substring(at, report.indexOf('\n', at)));
              assertThat(read(file)).contains(violation.invariant(), "seed 1", "VoteReply");
            });
  }

  @Test
  void commands_stand_in_words_where_they_are_proposed_forwarded_appended_and_committed() {
    Cluster cluster = RaftTestKit.of(Ledger::new).start();
    Picture picture = Picture.of(cluster.simulation());
    String leader = cluster.awaitLeader();
    cluster.call(cluster.others(leader).get(0), "five".getBytes(UTF_8));
    cluster.elapse(200);
    String words = ".{0,6}five.{0,6} \\(4 B\\)"; // quotes are escaped in the page
    assertThat(picture.html())
        .containsPattern("operation 1 is proposed: " + words)
        .containsPattern("index 2 is committed: " + words);
    assertThat(messages(picture, "ForwardProposal")).anyMatch(row -> row.contains("five"));
    assertThat(messages(picture, "AppendEntries")).anyMatch(row -> row.contains("five"));
  }

  /** The rows of messages of a kind. */
  private static List<String> messages(Picture picture, String kind) {
    String html = picture.html();
    String rows = html.substring(html.indexOf("\"messages\":["), html.indexOf("\"steps\":["));
    int place = MessageWords.KINDS.stream().map(Recording.Kind::name).toList().indexOf(kind);
    return rows.lines().filter(row -> row.startsWith("[" + place + ",")).toList();
  }

  @Test
  void a_state_machine_that_throws_is_noticed_on_its_lane_and_its_member_has_failed() {
    Cluster cluster = RaftTestKit.of(Ledger::new).start();
    Picture picture = Picture.of(cluster.simulation());
    String leader = cluster.awaitLeader();
    assertThatThrownBy(() -> cluster.call(leader, new byte[0])).hasMessageContaining("apply threw");
    assertThat(laneOfViolation(picture)).isEqualTo(cluster.node(leader).index());
    assertThat(picture.html()).contains("apply threw at index 2", "\"FAILED\"");
  }

  @Test
  void a_difference_of_states_is_noticed_on_the_lane_of_who_differs() {
    Cluster cluster = RaftTestKit.of(Ledger.Salted::new).start();
    Picture picture = Picture.of(cluster.simulation());
    String leader = cluster.awaitLeader();
    assertThatThrownBy(
            () -> {
              cluster.call(leader, new byte[1]);
              cluster.awaitConverged();
            })
        .hasMessageContaining("I5 all state machines agree");
    assertThat(laneOfViolation(picture)).isNotNegative();
  }

  /** The lane of the violation; it is of the last sort. */
  private static int laneOfViolation(Picture picture) {
    String html = picture.html();
    Matcher row =
        Pattern.compile("\\n\\[\\d+,(-?\\d+),6,")
            .matcher(html.substring(html.indexOf("\"steps\":[")));
    assertThat(row.find()).as("a step is a violation").isTrue();
    return Integer.parseInt(row.group(1));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
