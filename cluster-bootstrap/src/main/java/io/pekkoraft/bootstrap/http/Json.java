package io.pekkoraft.bootstrap.http;

import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValueFactory;
import java.util.Map;

/**
 * JSON by the configuration library, which every Pekko application has: its concise rendering is
 * JSON, with all escaping done. Names come out in alphabetical order.
 */
final class Json {
  private Json() {}

  /**
   * @param value strings, numbers, booleans, nulls, lists and maps of them
   */
  static String render(Map<String, ?> value) {
    return ConfigValueFactory.fromMap(value).render(ConfigRenderOptions.concise());
  }
}
