package io.pekkoraft.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CoordinationSettingsTest {
  private static CoordinationSettings with(String more) {
    Config all = ConfigFactory.parseString(more).withFallback(ConfigFactory.load());
    return CoordinationSettings.of(all.getConfig("pekko-raft"));
  }

  @Test
  void the_defaults_are_those_of_the_reference() {
    CoordinationSettings settings = with("");
    assertThat(settings.group()).isEqualTo("coordination");
    assertThat(settings.pingInterval()).isEqualTo(Duration.ofMillis(50));
    assertThat(settings.handlerGrace()).isEqualTo(Duration.ofMillis(100));
    assertThat(settings.rebalanceAfter()).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void wrong_values_are_refused_with_their_key() {
    for (String key : new String[] {"handler-grace = 500 ms", "handler-grace = -1 ms"}) {
      assertThatThrownBy(() -> with("pekko-raft.coordination." + key))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("pekko-raft.coordination.handler-grace")
          .hasMessageContaining("pekko-raft.election-timeout");
    }
    assertThatThrownBy(() -> with("pekko-raft.coordination.rebalance-after = 100 ms"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("pekko-raft.coordination.rebalance-after");
  }
}
