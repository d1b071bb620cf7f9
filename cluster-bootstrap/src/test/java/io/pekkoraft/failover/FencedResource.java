package io.pekkoraft.failover;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An instance's connection to the {@link FencedResourceServer}. Used by one thread at a time. */
final class FencedResource implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 1000;

  private final @Nullable InetSocketAddress address;
  private @Nullable Socket socket;
  private @Nullable BufferedReader answers;

  private FencedResource(@Nullable InetSocketAddress address) {
    this.address = address;
  }

  /**
   * @param address as {@code host:port}; empty if there is no resource
   */
  static FencedResource at(String address) {
    if (address.isEmpty()) {
      return new FencedResource(null);
    }
    int colon = address.lastIndexOf(':');
    return new FencedResource(
        new InetSocketAddress(
            address.substring(0, colon), Integer.parseInt(address.substring(colon + 1))));
  }

  boolean exists() {
    return address != null;
  }

  /**
   * One access, waited for.
   *
   * @return {@code accepted}, {@code refused} as the token is stale, or {@code unknown} if the
   *     resource did not answer in time
   */
  String use(long token, String instance, String question) {
    try {
      Socket connected = connect();
      connected
          .getOutputStream()
          .write((token + " " + instance + " " + question + "\n").getBytes(UTF_8));
      String answer = Objects.requireNonNull(answers).readLine();
      if (answer != null) {
        return answer;
      }
    } catch (IOException failed) {
      // The next access connects again, so that no late answer is taken for another access's.
    }
    close();
    return "unknown";
  }

  private Socket connect() throws IOException {
    Socket open = socket;
    if (open != null) {
      return open;
    }
    Socket fresh = new Socket();
    socket = fresh;
    fresh.setTcpNoDelay(true);
    fresh.setSoTimeout(PATIENCE_MILLIS);
    fresh.connect(Objects.requireNonNull(address), PATIENCE_MILLIS);
    answers = new BufferedReader(new InputStreamReader(fresh.getInputStream(), UTF_8));
    return fresh;
  }

  @Override
  public void close() {
    Socket open = socket;
    socket = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException ignored) {
        // It is not used any more.
      }
    }
  }
}
