package io.pekkoraft.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pekkoraft.cluster.OperatorException;
import io.pekkoraft.log.NodeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationLoaderTest {
  private static final String GOOD =
      """
      pekko-raft.node {
        id = a
        data-dir = /var/lib/raft
        members = [
          { id = a, host = "127.0.0.1", port = 2551, http-port = 8081 }
          { id = b, host = "127.0.0.1", port = 2552 }
        ]
      }
      """;

  @TempDir Path temporary;

  @Test
  void a_file_is_enough() throws IOException {
    ServerConfiguration configuration = load(GOOD, Map.of());
    assertThat(configuration.self().id()).isEqualTo(NodeId.of("a"));
    assertThat(configuration.http().port()).isEqualTo(8081);
    assertThat(configuration.node().members().get(1).hostAndPort()).isEqualTo("127.0.0.1:2552");
    assertThat(configuration.httpAddresses())
        .containsOnly(Map.entry(NodeId.of("a"), "127.0.0.1:8081"));
    assertThat(configuration.dataDirectory()).isEqualTo(Path.of("/var/lib/raft"));
    assertThat(configuration.all().getInt("pekko.remote.artery.canonical.port")).isEqualTo(2551);
  }

  @Test
  void the_environment_is_enough_and_overrides_the_file() throws IOException {
    Map<String, String> environment = new HashMap<>();
    environment.put("PEKKO_RAFT_NODE_ID", "c");
    environment.put("PEKKO_RAFT_DATA_DIR", "here");
    environment.put("PEKKO_RAFT_MEMBERS", "c@10.0.0.3:2551/8083, d@[::1]:2552");
    ServerConfiguration configuration = ConfigurationLoader.load(null, environment);
    assertThat(configuration.node().members().get(1).hostAndPort()).isEqualTo("[::1]:2552");
    assertThat(configuration.http().port()).isEqualTo(8083);
    assertThat(load(GOOD, Map.of("PEKKO_RAFT_NODE_ID", "b")).self().port()).isEqualTo(2552);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          id = a               | id = ""                        | pekko-raft.node.id is not set
          id = a               | id = "a b"                     | pekko-raft.node.id is 'a b'
          id = a               | id = x                         | 'x', which is not one of pekko-raft.node.members = [a, b]
          id = a               | id = [1]                       | pekko-raft.node.id
          data-dir = /var/lib/raft | #                          | pekko-raft.node.data-dir is not set
          data-dir = /var      | datadir = /x, data-dir = /var  | unknown key pekko-raft.node.datadir
          port = 2551          | port = high                    | port
          port = 2551          | port = 70000                   | port is 70000
          port = 2552          | port = 2551                    | same address
          http-port = 8081     | htpp-port = 8081               | unknown key 'htpp-port'
          id = b               | id = a                         | 'a' is listed twice
          "127.0.0.1", port = 2552 | "two words", port = 2552   | is not a host
          id = a               | id = a, max-value-bytes = 1MiB | pekko-raft.node.max-value-bytes
          id = a               | id = a, http.port = 99999      | port is 99999
          id = a               | id = a, http.request-timeout = soon | request-timeout
          pekko-raft.node {    | pekko-raft.election-timeout = 10 ms\\npekko-raft.node { | pekko-raft.election-timeout is 10 ms
          pekko-raft.node {    | pekko-raft.election-timout = 1 s\\npekko-raft.node {   | unknown key pekko-raft.election-timout
          pekko-raft.node {    | pekko-raft.node {{             | configuration:
          """)
  void a_mistake_gives_one_message_that_names_it(String good, String bad, String message) {
    String text =
        GOOD.replaceFirst(Pattern.quote(good), Matcher.quoteReplacement(bad.replace("\\n", "\n")));
    assertThat(text).isNotEqualTo(GOOD);
    assertThatThrownBy(() -> load(text, Map.of()))
        .isInstanceOfSatisfying(
            OperatorException.class,
            mistake -> assertThat(mistake.exitCode()).isEqualTo(OperatorException.CONFIGURATION))
        .hasMessageContaining(message)
        .hasNoCause();
  }

  @Test
  void a_missing_file_and_a_malformed_list_are_named() {
    assertThatThrownBy(() -> ConfigurationLoader.load(temporary.resolve("none.conf"), Map.of()))
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining("none.conf does not exist");
    assertThatThrownBy(() -> ConfigurationLoader.load(null, Map.of("PEKKO_RAFT_MEMBERS", "a:2551")))
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining("PEKKO_RAFT_MEMBERS")
        .hasMessageContaining("'a:2551'");
  }

  private ServerConfiguration load(String text, Map<String, String> environment)
      throws IOException {
    Path file = temporary.resolve("node.conf");
    Files.writeString(file, text);
    return ConfigurationLoader.load(file, environment);
  }
}
