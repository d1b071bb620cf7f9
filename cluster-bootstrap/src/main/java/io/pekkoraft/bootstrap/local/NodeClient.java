package io.pekkoraft.bootstrap.local;

import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/** Speaks to one node over HTTP. Safe to use from any thread. */
public final class NodeClient {
  private static final Duration TIMEOUT = Duration.ofSeconds(8);
  private static final HttpClient HTTP =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .build();

  private final String address;

  /**
   * @param address where the node serves HTTP, as {@code host:port}
   */
  public NodeClient(String address) {
    this.address = address;
  }

  public String address() {
    return address;
  }

  /** How the node is; empty if it does not answer. */
  public Optional<NodeStatus> status() {
    try {
      HttpResponse<String> response =
          HTTP.send(request("/status").build(), BodyHandlers.ofString());
      return response.statusCode() == 200
          ? Optional.of(NodeStatus.parse(response.body()))
          : Optional.empty();
    } catch (IOException | IllegalArgumentException notThere) {
      return Optional.empty();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /** Writes a key; the answer comes as it is, and a failure to get one fails the future. */
  public CompletableFuture<HttpResponse<String>> put(String key, byte[] value) {
    return HTTP.sendAsync(
        request("/kv/" + encoded(key)).PUT(HttpRequest.BodyPublishers.ofByteArray(value)).build(),
        BodyHandlers.ofString());
  }

  /** Reads a key through the log. */
  public CompletableFuture<HttpResponse<String>> get(String key) {
    return HTTP.sendAsync(request("/kv/" + encoded(key)).build(), BodyHandlers.ofString());
  }

  /**
   * Hands over every key and value that this node alone has applied.
   *
   * @throws IOException if the node does not answer, or not with that
   */
  public void readLocal(BiConsumer<String, byte[]> consumer) throws IOException {
    try {
      HttpResponse<Stream<String>> response =
          HTTP.send(request("/kv-local").build(), BodyHandlers.ofLines());
      if (response.statusCode() != 200) {
        throw new IOException(address + " answered " + response.statusCode());
      }
      try (Stream<String> lines = response.body()) {
        lines.forEach(line -> readLine(line, consumer));
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", interrupted);
    }
  }

  private static void readLine(String line, BiConsumer<String, byte[]> consumer) {
    int tab = line.indexOf('\t');
    consumer.accept(
        URLDecoder.decode(line.substring(0, tab), StandardCharsets.UTF_8),
        Base64.getDecoder().decode(line.substring(tab + 1)));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://" + address + path)).timeout(TIMEOUT);
  }

  private static String encoded(String key) {
    return URLEncoder.encode(key, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
