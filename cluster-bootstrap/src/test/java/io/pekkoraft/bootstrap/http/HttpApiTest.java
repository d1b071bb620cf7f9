package io.pekkoraft.bootstrap.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.api.Leadership;
import io.pekkoraft.api.Outcome;
import io.pekkoraft.api.RaftGroup;
import io.pekkoraft.api.RaftStatus;
import io.pekkoraft.api.TransferOutcome;
import io.pekkoraft.bootstrap.kv.KeyValueStore;
import io.pekkoraft.cluster.formation.Identity;
import io.pekkoraft.log.Configuration;
import io.pekkoraft.log.GroupIdentity;
import io.pekkoraft.log.Member;
import io.pekkoraft.log.NodeId;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpEntity;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The server's answers, without a socket: the whole way is tested with real processes. */
class HttpApiTest {
  private static final int MAX_VALUE_BYTES = 1000;
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static @Nullable ActorTestKit kit;

  private final OneNode node = new OneNode();

  @BeforeAll
  static void start() {
    kit = ActorTestKit.create();
  }

  @AfterAll
  static void stop() {
    kit().shutdownTestKit();
  }

  @Test
  void what_is_put_is_got_under_any_key() {
    for (String key :
        List.of("plain", "with%20space", "a/b", "a%2Fb%3Fc", "pl+us", "%C3%BC", "/", "x//y")) {
      byte[] value = ("of " + key).getBytes(UTF_8);
      assertAnswer(HttpRequest.GET("/kv/" + key), 404, "no such key");
      HttpResponse put = answer(HttpRequest.PUT("/kv/" + key).withEntity(value));
      assertThat(put.status().intValue()).isEqualTo(204);
      assertThat(header(put, "Raft-Index")).isEqualTo(Long.toString(node.index));
      assertAnswer(HttpRequest.GET("/kv/" + key), 200, "of " + key);
      assertAnswer(HttpRequest.GET("/kv-local/" + key), 200, "of " + key);
      assertThat(answer(HttpRequest.DELETE("/kv/" + key)).status().intValue()).isEqualTo(204);
      assertAnswer(HttpRequest.GET("/kv-local/" + key), 404, "no such key on this node");
    }
  }

  @Test
  void keys_are_stored_as_they_are_meant() {
    answer(HttpRequest.PUT("/kv/a%2Fb%20c+d").withEntity("v"));
    assertThat(node.store.view().entries()).containsOnlyKeys("a/b c+d");
    assertThat(body(answer(HttpRequest.GET("/kv-local")))).isEqualTo("a%2Fb+c%2Bd\tdg==\n");
    assertThat(header(answer(HttpRequest.GET("/kv-local")), "Raft-Applied-Index")).isEqualTo("1");
  }

  @Test
  void a_key_that_is_not_utf_8_is_refused_and_not_mixed_up_with_another() {
    assertAnswer(HttpRequest.PUT("/kv/%FF").withEntity("v"), 400, "UTF-8");
    assertAnswer(HttpRequest.GET("/kv/%FE"), 400, "UTF-8");
    assertThat(node.store.view().entries()).isEmpty();
  }

  @Test
  void limits_are_kept() {
    assertThat(
            answer(HttpRequest.PUT("/kv/k").withEntity(new byte[MAX_VALUE_BYTES]))
                .status()
                .intValue())
        .isEqualTo(204);
    assertAnswer(
        HttpRequest.PUT("/kv/k").withEntity(new byte[MAX_VALUE_BYTES + 1]),
        413,
        "at most 1000 bytes");
    assertAnswer(HttpRequest.GET("/kv/" + "k".repeat(513)), 400, "1 to 512 bytes");
    assertAnswer(HttpRequest.GET("/kv/"), 400, "1 to 512 bytes");
  }

  @Test
  void a_body_that_comes_slowly_leaves_less_time_to_commit() {
    CompletableFuture<ByteString> last = new CompletableFuture<>();
    HttpRequest slow =
        HttpRequest.PUT("/kv/k")
            .withEntity(
                HttpEntities.create(
                    ContentTypes.APPLICATION_OCTET_STREAM,
                    Source.single(ByteString.fromString("v"))
                        .concat(Source.completionStage(last))));
    CompletableFuture<HttpResponse> answer = handle(slow); // From here on its time runs.
    Duration pause = Duration.ofMillis(100);
    last.completeOnTimeout(
        ByteString.fromString("w"), pause.toMillis(), TimeUnit.MILLISECONDS); // the slow client
    assertThat(answer.join().status().intValue()).isEqualTo(204);
    assertThat(node.offered).isLessThanOrEqualTo(TIMEOUT.minus(pause));
  }

  @Test
  void what_is_not_there_or_not_allowed_is_said() {
    assertAnswer(HttpRequest.GET("/other"), 404, "/kv/KEY");
    assertAnswer(HttpRequest.POST("/kv/k"), 405, "GET, PUT, DELETE");
    assertAnswer(HttpRequest.DELETE("/status"), 405, "GET");
    assertThat(header(answer(HttpRequest.POST("/kv-local/k")), "Allow")).isEqualTo("GET");
  }

  @Test
  void every_outcome_has_its_status() {
    assertOutcome(new Outcome.NoLeader("two of three are down"), 503, "two of three are down");
    assertOutcome(new Outcome.NotLeader(NodeId.of("b")), 503, "the leader is b");
    assertOutcome(new Outcome.MemberFailed("disk full"), 503, "disk full");
    assertOutcome(new Outcome.Overloaded(Duration.ofMillis(1200)), 503, "Overloaded");
    assertOutcome(new Outcome.Indeterminate("leadership lost"), 504, "\"done\":\"unknown\"");
    assertOutcome(new Outcome.TimedOut(Duration.ofSeconds(2)), 504, "\"done\":\"no\"");
    assertOutcome(new Outcome.TooLarge(77), 413, "at most 77 bytes");
    assertOutcome(new Outcome.Rejected("never"), 409, "never");
    node.refusal = new Outcome.Overloaded(Duration.ofMillis(1200));
    assertThat(header(answer(HttpRequest.GET("/kv/k")), "Retry-After")).isEqualTo("2");
  }

  @Test
  void before_the_group_is_formed_it_says_what_is_missing() {
    node.formed = false;
    assertAnswer(HttpRequest.GET("/kv/k"), 503, "waiting for b");
    assertAnswer(HttpRequest.PUT("/kv/k").withEntity("v"), 503, "waiting for b");
    assertAnswer(HttpRequest.GET("/status"), 200, "\"role\":\"FORMING\"");
  }

  @Test
  void the_status_names_the_leader_and_where_it_is() {
    assertAnswer(
        HttpRequest.GET("/status"), 200, "\"leader\":{\"http\":\"127.0.0.1:8082\",\"id\":\"b\"}");
    assertAnswer(HttpRequest.GET("/status"), 200, "\"reason\":\"a \\\"quoted\\\" reason\"");
  }

  private void assertOutcome(Outcome outcome, int status, String text) {
    node.refusal = outcome;
    HttpResponse response = answer(HttpRequest.PUT("/kv/k").withEntity("v"));
    assertThat(response.entity().getContentType().toString())
        .startsWith("application/problem+json");
    assertAnswer(HttpRequest.PUT("/kv/k").withEntity("v"), status, text);
  }

  private void assertAnswer(HttpRequest request, int status, String text) {
    HttpResponse response = answer(request);
    assertThat(body(response)).contains(text);
    assertThat(response.status().intValue()).isEqualTo(status);
  }

  private HttpResponse answer(HttpRequest request) {
    return handle(request).join();
  }

  private CompletableFuture<HttpResponse> handle(HttpRequest request) {
    HttpApi api =
        new HttpApi(node, Materializer.matFromSystem(kit().system()), MAX_VALUE_BYTES, TIMEOUT);
    return api.handle(request).toCompletableFuture().orTimeout(60, TimeUnit.SECONDS);
  }

  private static String body(HttpResponse response) {
    HttpEntity.Strict strict =
        response
            .entity()
            .toStrict(TIMEOUT.toMillis(), Materializer.matFromSystem(kit().system()))
            .toCompletableFuture()
            .join();
    return strict.getData().utf8String();
  }

  private static String header(HttpResponse response, String name) {
    return response.getHeader(name).map(HttpHeader::value).orElse("");
  }

  private static ActorTestKit kit() {
    if (kit == null) {
      throw new IllegalStateException();
    }
    return kit;
  }

  /** A group of one that commits at once, or refuses as it is told. */
  private static final class OneNode implements ServedNode, RaftGroup {
    private final KeyValueStore store = new KeyValueStore();
    private long index;
    private boolean formed = true;
    private @Nullable Outcome refusal;
    private volatile Duration offered = Duration.ZERO;

    @Override
    public CompletionStage<Outcome> propose(byte[] command, Duration timeout) {
      offered = timeout;
      if (refusal != null) {
        return CompletableFuture.completedFuture(refusal);
      }
      index++;
      return CompletableFuture.completedFuture(
          new Outcome.Committed(index, store.apply(index, command)));
    }

    @Override
    public CompletionStage<Outcome> proposeInTerm(long term, byte[] command, Duration timeout) {
      return propose(command, timeout);
    }

    @Override
    public @Nullable Leadership leadership() {
      return null;
    }

    @Override
    public CompletionStage<TransferOutcome> transferLeadership(
        @Nullable NodeId to, Duration timeout) {
      return CompletableFuture.completedFuture(new TransferOutcome.NotLeader(null));
    }

    @Override
    public CompletionStage<Done> stop(Duration timeout) {
      return CompletableFuture.completedFuture(Done.done());
    }

    @Override
    public CompletionStage<RaftStatus> status() {
      Configuration members =
          new Configuration(List.of(new Member(NodeId.of("a"), 1, "pekko://s@h:1")));
      return CompletableFuture.completedFuture(
          new RaftStatus(
              new GroupIdentity("demo", "kv", 1),
              NodeId.of("a"),
              RaftStatus.Role.FOLLOWER,
              3,
              NodeId.of("b"),
              1,
              1,
              1,
              1,
              1,
              0,
              members,
              "a \"quoted\" reason"));
    }

    @Override
    public Identity identity() {
      return new Identity("demo", "kv", NodeId.of("a"), 1);
    }

    @Override
    public @Nullable RaftGroup group() {
      return formed ? this : null;
    }

    @Override
    public String whyNotStarted() {
      return "waiting for b";
    }

    @Override
    public KeyValueStore store() {
      return store;
    }

    @Override
    public @Nullable String httpAddress(NodeId member) {
      return member.equals(NodeId.of("b")) ? "127.0.0.1:8082" : null;
    }
  }
}
