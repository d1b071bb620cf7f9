package io.pekkoraft.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.List;
import java.util.Map;

/**
 * Finds keys below our root that nothing would read: a misspelt key would otherwise be ignored in
 * silence.
 */
final class UnknownKeys {
  /**
   * Sections that take settings of Pekko's beside ours: dispatchers and what every plug-in
   * inherits.
   */
  private static final List<String> OPEN_SECTIONS =
      List.of(
          "pekko-raft.dispatcher", "pekko-raft.state-machine-dispatcher", "pekko-raft.persistence");

  private UnknownKeys() {}

  /**
   * @param all everything, resolved
   * @param packaged what is known, resolved
   * @throws OperatorException naming the first unknown key
   */
  static void refuse(String root, Config all, Config packaged) {
    if (all.hasPath(root) && all.getValue(root) instanceof ConfigObject object) {
      check(root, object, packaged);
    }
  }

  private static void check(String path, ConfigObject object, Config packaged) {
    for (Map.Entry<String, ConfigValue> entry : object.entrySet()) {
      String key = path + "." + ConfigUtil.quoteString(entry.getKey());
      String plain = path + "." + entry.getKey();
      if (OPEN_SECTIONS.contains(plain)) {
        continue;
      }
      if (!packaged.hasPathOrNull(key)) {
        throw OperatorException.configuration(
            "unknown key "
                + plain
                + " ("
                + entry.getValue().origin().description()
                + "). Known here: "
                + String.join(", ", packaged.getObject(path).keySet().stream().sorted().toList())
                + ".");
      }
      boolean section = packaged.getValue(key).valueType() == ConfigValueType.OBJECT;
      if (section && entry.getValue() instanceof ConfigObject deeper) {
        check(plain, deeper, packaged);
      }
    }
  }
}
