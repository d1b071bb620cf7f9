package io.pekkoraft.bootstrap.http;

import io.pekkoraft.api.Outcome;
import io.pekkoraft.api.RaftGroup;
import io.pekkoraft.bootstrap.kv.KeyValueCommand;
import io.pekkoraft.bootstrap.kv.KeyValueResult;
import io.pekkoraft.bootstrap.kv.KeyValueStore;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.pekko.NotUsed;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpMethods;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.http.scaladsl.model.EntityStreamSizeException;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the node's HTTP requests, each by its deadline:
 *
 * <ul>
 *   <li>{@code PUT}, {@code GET}, {@code DELETE /kv/KEY}: linearizable, through the log; {@code
 *       Raft-Index} tells where
 *   <li>{@code GET /kv-local/KEY}: what this node alone has applied, up to {@code
 *       Raft-Applied-Index}: may be stale
 *   <li>{@code GET /kv-local}: all of that, a line each: form-encoded key, tab, value in Base64
 *   <li>{@code GET /status}: how this node is
 * </ul>
 */
public final class HttpApi {
  private static final Logger LOG = LoggerFactory.getLogger(HttpApi.class);
  private static final String KV = "/kv/";
  private static final String LOCAL_ALL = "/kv-local";
  private static final String LOCAL = LOCAL_ALL + "/";
  private static final String RAFT_INDEX = "Raft-Index";
  private static final String APPLIED_INDEX = "Raft-Applied-Index";
  private static final int LINES_PER_CHUNK = 256;

  /**
   * What stands in a decoded path for bytes that are not UTF-8: different keys would become one.
   */
  private static final char NOT_UTF_8 = '\uFFFD';

  private final ServedNode node;
  private final Materializer materializer;
  private final int maxValueBytes;
  private final Duration timeout;

  /**
   * @param maxValueBytes a value may have so many bytes
   * @param timeout every request is answered by then
   */
  public HttpApi(ServedNode node, Materializer materializer, int maxValueBytes, Duration timeout) {
    this.node = node;
    this.materializer = materializer;
    this.maxValueBytes = maxValueBytes;
    this.timeout = timeout;
  }

  /** Answers a request; the stage never fails. */
  public CompletionStage<HttpResponse> handle(HttpRequest request) {
    CompletionStage<HttpResponse> response;
    try {
      response = route(request);
    } catch (RuntimeException unexpected) {
      response = CompletableFuture.failedFuture(unexpected);
    }
    return response.exceptionally(HttpApi::failed);
  }

  private CompletionStage<HttpResponse> route(HttpRequest request) {
    String path = decoded(request.getUri().getPathString());
    if (path.indexOf(NOT_UTF_8) >= 0) {
      request.discardEntityBytes(materializer);
      return now(Problem.malformed("a key must be UTF-8, percent-encoded"));
    }
    if (path.startsWith(KV) && request.method().equals(HttpMethods.PUT)) {
      return put(path.substring(KV.length()), request);
    }
    request.discardEntityBytes(materializer);
    if (path.startsWith(KV)) {
      return keyRequest(path.substring(KV.length()), request);
    }
    boolean local = path.equals(LOCAL_ALL) || path.startsWith(LOCAL);
    if (!local && !path.equals("/status")) {
      return now(Problem.notFound("there is /kv/KEY, /kv-local, /kv-local/KEY and /status"));
    }
    if (!request.method().equals(HttpMethods.GET)) {
      return now(Problem.methodNotAllowed("GET"));
    }
    if (!local) {
      return status();
    }
    return now(
        path.length() <= LOCAL.length() ? allLocal() : getLocal(path.substring(LOCAL.length())));
  }

  private CompletionStage<HttpResponse> keyRequest(String key, HttpRequest request) {
    if (request.method().equals(HttpMethods.GET)) {
      return propose(
          new KeyValueCommand.Get(key),
          committed -> {
            byte @Nullable [] value = KeyValueResult.fromBytes(committed.result()).value();
            return KeyValueResult.fromBytes(committed.result()).present() && value != null
                ? bytes(value).addHeader(index(RAFT_INDEX, committed.index()))
                : Problem.notFound("no such key").addHeader(index(RAFT_INDEX, committed.index()));
          });
    }
    if (request.method().equals(HttpMethods.DELETE)) {
      return propose(new KeyValueCommand.Delete(key), HttpApi::done);
    }
    return now(Problem.methodNotAllowed("GET, PUT, DELETE"));
  }

  /** The time that the body takes to arrive is part of the request's. */
  private CompletionStage<HttpResponse> put(String key, HttpRequest request) {
    long startNanos = System.nanoTime();
    return request
        .entity()
        .withSizeLimit(maxValueBytes)
        .toStrict(timeout.toMillis(), materializer)
        .thenCompose(
            body ->
                propose(
                    new KeyValueCommand.Put(key, body.getData().toArray()),
                    timeout.minusNanos(System.nanoTime() - startNanos),
                    HttpApi::done))
        .exceptionally(this::bodyFailed);
  }

  private HttpResponse bodyFailed(Throwable failure) {
    Throwable cause = cause(failure);
    if (cause instanceof EntityStreamSizeException) {
      return Problem.tooLarge("a value has at most " + maxValueBytes + " bytes");
    }
    return cause instanceof TimeoutException ? Problem.bodyTimedOut() : failed(cause);
  }

  private CompletionStage<HttpResponse> propose(
      KeyValueCommand command, Function<Outcome.Committed, HttpResponse> answer) {
    return propose(command, timeout, answer);
  }

  private CompletionStage<HttpResponse> propose(
      KeyValueCommand command,
      Duration remaining,
      Function<Outcome.Committed, HttpResponse> answer) {
    if (remaining.isNegative() || remaining.isZero()) {
      return now(Problem.bodyTimedOut());
    }
    RaftGroup group = node.group();
    if (group == null) {
      return now(notStarted());
    }
    byte[] bytes;
    try {
      bytes = command.toBytes();
    } catch (IllegalArgumentException malformed) {
      return now(Problem.malformed(String.valueOf(malformed.getMessage())));
    }
    return group
        .propose(bytes, remaining)
        .thenApply(
            outcome ->
                outcome instanceof Outcome.Committed committed
                    ? answer.apply(committed)
                    : Problem.of(outcome));
  }

  private CompletionStage<HttpResponse> status() {
    RaftGroup group = node.group();
    if (group == null) {
      return now(json(StatusJson.ofNodeWithoutGroup(node)));
    }
    return group.status().thenApply(status -> json(StatusJson.of(node, status)));
  }

  private HttpResponse getLocal(String key) {
    KeyValueStore.View view = node.store().view();
    long applied = view.appliedIndex();
    byte @Nullable [] value = view.entries().get(key);
    HttpResponse response =
        value == null ? Problem.notFound("no such key on this node") : bytes(value);
    return response.addHeader(index(APPLIED_INDEX, applied));
  }

  private HttpResponse allLocal() {
    KeyValueStore.View view = node.store().view();
    long applied = view.appliedIndex();
    Source<ByteString, NotUsed> lines =
        Source.fromIterator(() -> view.entries().entrySet().iterator())
            .grouped(LINES_PER_CHUNK)
            .map(
                entries -> {
                  StringBuilder chunk = new StringBuilder();
                  entries.forEach(entry -> appendLine(chunk, entry));
                  return ByteString.fromString(chunk.toString());
                });
    return HttpResponse.create()
        .withEntity(HttpEntities.create(ContentTypes.TEXT_PLAIN_UTF8, lines))
        .addHeader(index(APPLIED_INDEX, applied));
  }

  private static void appendLine(StringBuilder chunk, Map.Entry<String, byte[]> entry) {
    chunk
        .append(URLEncoder.encode(entry.getKey(), StandardCharsets.UTF_8))
        .append('\t')
        .append(Base64.getEncoder().encodeToString(entry.getValue()))
        .append('\n');
  }

  /** A key may hold anything, slashes too; in a path, a plus is a plus. */
  private static String decoded(String path) {
    return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private HttpResponse notStarted() {
    return Problem.unavailable("NoGroup", node.whyNotStarted());
  }

  private static HttpResponse done(Outcome.Committed committed) {
    return HttpResponse.create()
        .withStatus(StatusCodes.NO_CONTENT)
        .addHeader(index(RAFT_INDEX, committed.index()));
  }

  private static HttpResponse bytes(byte[] value) {
    return HttpResponse.create()
        .withEntity(HttpEntities.create(ContentTypes.APPLICATION_OCTET_STREAM, value));
  }

  private static HttpResponse json(String body) {
    return HttpResponse.create().withEntity(ContentTypes.APPLICATION_JSON, body);
  }

  private static RawHeader index(String header, long index) {
    return RawHeader.create(header, Long.toString(index));
  }

  private static CompletionStage<HttpResponse> now(HttpResponse response) {
    return CompletableFuture.completedFuture(response);
  }

  private static HttpResponse failed(Throwable failure) {
    LOG.error("a request failed in an unexpected way", cause(failure));
    return Problem.internal();
  }

  private static Throwable cause(Throwable failure) {
    Throwable cause = failure.getCause();
    return failure instanceof CompletionException && cause != null ? cause : failure;
  }
}
