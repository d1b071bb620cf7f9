package io.pekkoraft.failover;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * What one node of three is told when it is started.
 *
 * @param node its id
 * @param members where each of the nodes is, as {@code host:port}, by id
 * @param data directory for what must survive its process
 * @param resource address of the {@link FencedResourceServer}; empty if there is none
 */
public record NodeArguments(
    Variant variant, String node, Map<String, String> members, String data, String resource) {

  List<String> words() {
    String list =
        members.entrySet().stream()
            .map(member -> member.getKey() + "@" + member.getValue())
            .collect(Collectors.joining(","));
    return List.of(variant.name(), node, list, data, resource);
  }

  static NodeArguments parse(String[] words) {
    Map<String, String> members = new LinkedHashMap<>();
    for (String member : words[2].split(",", -1)) {
      int at = member.indexOf('@');
      members.put(member.substring(0, at), member.substring(at + 1));
    }
    return new NodeArguments(Variant.valueOf(words[0]), words[1], members, words[3], words[4]);
  }

  String host(String id) {
    String address = address(id);
    return address.substring(0, address.lastIndexOf(':'));
  }

  int port(String id) {
    String address = address(id);
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }

  private String address(String id) {
    return Objects.requireNonNull(members.get(id));
  }
}
