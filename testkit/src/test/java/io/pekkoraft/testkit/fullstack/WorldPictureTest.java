package io.pekkoraft.testkit.fullstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pekkoraft.message.PeerMessage.Heartbeat;
import io.pekkoraft.testkit.InvariantViolation;
import io.pekkoraft.testkit.Picture;
import io.pekkoraft.testkit.Pictures;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the picture of a world shows, against what happened in it. */
@ExtendWith(QuietLog.class)
class WorldPictureTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(3);

  private final FullStackCluster cluster = FullStackCluster.of(3, 1, RegisterMachine::new);

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

  private static long count(Picture picture, int fate, int flag) {
    return messages(picture).stream()
        .filter(message -> message[5] == fate && (message[8] & flag) == flag)
        .count();
  }

  @Test
  void every_message_is_an_arrow_from_its_sender_to_its_receiver_as_long_as_it_took() {
    Picture picture = cluster.world().picture();
    List<Flight> sent = new ArrayList<>();
    cluster.world().network().onSend(sent::add);
    cluster.commit(new byte[] {7}, TIMEOUT);
    cluster.elapse(Duration.ofMillis(500));
    List<long[]> arrows = messages(picture);
    assertThat(arrows).hasSameSizeAs(sent).hasSizeGreaterThan(20);
    for (int i = 0; i < sent.size(); i++) {
      long[] arrow = arrows.get(i);
      assertThat(arrow[1]).isEqualTo(cluster.names().indexOf(sent.get(i).from().name()));
      assertThat(arrow[2]).isEqualTo(cluster.names().indexOf(sent.get(i).to().name()));
      assertThat(arrow[4]).as("it leaves in a step").isNotNegative();
      if (arrow[5] == 1) {
        assertThat(arrow[6] - arrow[3]).isBetween(100_000L, 1_000_000L);
      }
    }
    assertThat(picture.html())
        .contains("PRE_CANDIDATE -\\u003e CANDIDATE in term", "committed at")
        .as("role, log, commit and disk, by the places of their fields")
        .containsPattern("\\d,1,\"LEADER\"")
        .containsPattern("\\d,5,\"2@1\"")
        .containsPattern("\\d,6,2")
        .containsPattern("\\d,8,2");
  }

  @Test
  void what_is_lost_held_doubled_waits_or_comes_to_the_dead_is_told_apart() {
    String leader = cluster.awaitLeader();
    String follower = cluster.others(leader).get(0);
    Picture picture = cluster.world().picture();
    Network network = cluster.world().network();
    cluster.cutOneWay(leader, follower);
    cluster.elapse(Duration.ofMillis(250));
    assertThat(count(picture, 2, 0)).as("lost").isBetween(2L, 3L);
    cluster.heal();
    network.hold(flight -> flight.is(Heartbeat.class) && flight.to().name().equals(follower));
    cluster.elapse(Duration.ofMillis(250));
    assertThat(count(picture, 3, 2)).as("held").isBetween(2L, 3L);
    network.releaseAll();
    network.holdNothing();
    cluster.elapse(Duration.ofMillis(10));
    assertThat(count(picture, 3, 0)).as("held still").isZero();
    assertThat(count(picture, 1, 2)).as("released").isBetween(2L, 3L);
    network.duplicate(1);
    cluster.elapse(Duration.ofMillis(150));
    network.duplicate(0);
    assertThat(count(picture, 1, 1)).as("copies").isPositive();
    cluster.machine(follower).pause();
    cluster.elapse(Duration.ofMillis(250));
    cluster.machine(follower).resume();
    cluster.elapse(Duration.ofMillis(10));
    assertThat(count(picture, 1, 4)).as("waited").isPositive();
    cluster.machine(follower).pause();
    cluster.elapse(Duration.ofMillis(250));
    cluster.machine(follower).kill();
    assertThat(count(picture, 4, 4)).as("waited in vain").isPositive();
    cluster.elapse(Duration.ofMillis(250));
    assertThat(count(picture, 4, 0)).as("nobody there").isGreaterThan(count(picture, 4, 4));
    assertThat(picture.html())
        .contains("cut " + leader + " -\\u003e " + follower, "pauses", "goes on", "is killed");
  }

  private static final FullStackPlan SMALL =
      FullStackPlan.of(3).withFaultsFor(1_000).withClients(2);

  @Test
  void a_run_with_a_recorder_is_the_same_run_and_gives_the_same_bytes_every_time() {
    FullStackSwarm.Result plain = FullStackSwarm.run(SMALL, "");
    List<String> pages = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Pictures.beginScenario();
      assertThat(FullStackSwarm.run(SMALL, "")).isEqualTo(plain);
      pages.add(Objects.requireNonNull(Pictures.endScenario()).html());
    }
    assertThat(pages.get(0)).isEqualTo(pages.get(1)).contains("LEADER", "is proposed");
  }

  /** The mistake: its answer depends on how many such machines there are in the JVM. */
  private static final class Careless extends RegisterMachine {
    private static final AtomicInteger ALL = new AtomicInteger();

    @Override
    public byte[] apply(long index, byte[] command) {
      return new byte[] {(byte) ALL.incrementAndGet()};
    }
  }

  @Test
  void a_run_that_fails_is_run_again_and_its_picture_ends_where_it_fails() throws IOException {
    assertThatThrownBy(
            () ->
                Pictures.of(
                    "careless of WorldPictureTest",
                    () -> {
                      Careless.ALL.set(0);
                      FullStackCluster careless = FullStackCluster.of(3, 1, Careless::new);
                      careless.commit(new byte[] {7}, TIMEOUT);
                      careless.elapse(TIMEOUT);
                      return careless;
                    }))
        .isInstanceOf(InvariantViolation.class)
        .hasMessageContaining("I5")
        .hasMessageContaining("picture: ");
    assertThat(Files.readString(Pictures.file("careless of WorldPictureTest")))
        .contains("\"invariant\":\"I5 all members apply the same\"", "VoteReply", "seed 1");
  }

  @Test
  void an_instance_acts_until_one_with_a_later_token_does() {
    Instances instances = Instances.of("one");
    List<ActorRef<String>> actors = new ArrayList<>();
    ApplicationCluster application =
        ApplicationTestKit.of(
                system ->
                    actors.add(
                        system.systemActorOf(
                            instances.observed(actors.size() + 1, Behaviors.<String>ignore()),
                            "instance",
                            Props.empty())))
            .processes(1)
            .start();
    Picture picture = application.world().picture();
    application.elapse(TIMEOUT);
    application.crash("a");
    application.start("a");
    application.elapse(TIMEOUT);
    assertThat(picture.html()).contains("one begins, token 2", "\"one 2\"");
    assertThat(actors).hasSize(2);
  }
}
