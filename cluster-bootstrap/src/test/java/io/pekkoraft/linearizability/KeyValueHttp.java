package io.pekkoraft.linearizability;

import io.pekkoraft.testkit.linearizability.KeyValueReply;
import io.pekkoraft.testkit.linearizability.KeyValueRequest;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Asks a node for keys and values, and says what is known then. */
final class KeyValueHttp {
  private static final String RAFT_INDEX = "Raft-Index";
  private static final String APPLIED_INDEX = "Raft-Applied-Index";
  private static final HttpClient HTTP =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(1))
          .build();

  private KeyValueHttp() {}

  /**
   * @param reply null if it was not done, or nobody knows
   * @param certain whether that is certain
   * @param index of the log, if it was done; else 0
   */
  record Answer(@Nullable KeyValueReply reply, boolean certain, long index) {
    private static final Answer UNKNOWN = new Answer(null, false, 0);
    private static final Answer NOT_DONE = new Answer(null, true, 0);
  }

  /**
   * @param value that the node alone has applied, null if there is none
   * @param appliedIndex it is at least as new as this
   */
  record Local(@Nullable String value, long appliedIndex) {}

  /**
   * Asks through the log; every answer comes within the time.
   *
   * @param address where the node serves HTTP, as {@code host:port}
   */
  static Answer ask(String address, KeyValueRequest request, Duration timeout)
      throws InterruptedException {
    HttpRequest.Builder http = http(address, "/kv/" + request.key(), timeout);
    if (request instanceof KeyValueRequest.Put put) {
      http.PUT(BodyPublishers.ofString(put.value()));
    } else if (request instanceof KeyValueRequest.Delete) {
      http.DELETE();
    } else if (!(request instanceof KeyValueRequest.Get)) {
      throw new IllegalArgumentException("no node does " + request);
    }
    try {
      return answer(request, HTTP.send(http.build(), BodyHandlers.ofString()));
    } catch (ConnectException | HttpConnectTimeoutException notSent) {
      return Answer.NOT_DONE;
    } catch (IOException lost) {
      return Answer.UNKNOWN;
    }
  }

  private static Answer answer(KeyValueRequest request, HttpResponse<String> response) {
    long index = response.headers().firstValueAsLong(RAFT_INDEX).orElse(0);
    if (index == 0) {
      return response.body().contains("\"done\":\"no\"") ? Answer.NOT_DONE : Answer.UNKNOWN;
    }
    if (request instanceof KeyValueRequest.Get) {
      String value = response.statusCode() == 404 ? null : response.body();
      return new Answer(new KeyValueReply.Value(value), true, index);
    }
    return new Answer(new KeyValueReply.Done(), true, index);
  }

  /** Reads what the node alone has applied; null if it does not answer. */
  static @Nullable Local readLocal(String address, String key, Duration timeout)
      throws InterruptedException {
    try {
      HttpResponse<String> response =
          HTTP.send(http(address, "/kv-local/" + key, timeout).build(), BodyHandlers.ofString());
      long index = response.headers().firstValueAsLong(APPLIED_INDEX).orElse(-1);
      String value = response.statusCode() == 404 ? null : response.body();
      return index < 0 ? null : new Local(value, index);
    } catch (IOException lost) {
      return null;
    }
  }

  private static HttpRequest.Builder http(String address, String path, Duration timeout) {
    return HttpRequest.newBuilder(URI.create("http://" + address + path)).timeout(timeout);
  }
}
