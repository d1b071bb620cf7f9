package io.pekkoraft.bootstrap.http;

import io.pekkoraft.api.RaftStatus;
import io.pekkoraft.log.Member;
import io.pekkoraft.log.NodeId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The body of {@code GET /status}. */
final class StatusJson {
  private StatusJson() {}

  static String of(ServedNode node, RaftStatus status) {
    Map<String, @Nullable Object> body = identity(node);
    body.put("role", status.role().name());
    body.put("term", status.term());
    NodeId leader = status.leader();
    body.put("leader", leader == null ? null : member(node, leader));
    body.put("commitIndex", status.commitIndex());
    body.put("appliedIndex", status.appliedIndex());
    body.put("durableIndex", status.durableIndex());
    body.put("lastIndex", status.lastIndex());
    body.put("firstIndex", status.firstIndex());
    body.put("snapshotIndex", status.snapshotIndex());
    body.put("keys", node.store().view().entries().size());
    body.put("groupIncarnation", Long.toHexString(status.group().incarnation()));
    List<Object> members = new ArrayList<>();
    for (Member voter : status.configuration().voters()) {
      Map<String, @Nullable Object> member = member(node, voter.id());
      member.put("address", voter.address());
      member.put("incarnation", Long.toHexString(voter.incarnation()));
      members.add(member);
    }
    body.put("members", members);
    body.put("reason", status.reason());
    return Json.render(body);
  }

  static String ofNodeWithoutGroup(ServedNode node) {
    Map<String, @Nullable Object> body = identity(node);
    body.put("role", "FORMING");
    body.put("leader", null);
    body.put("reason", node.whyNotStarted());
    return Json.render(body);
  }

  private static Map<String, @Nullable Object> identity(ServedNode node) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("cluster", node.identity().cluster());
    body.put("group", node.identity().group());
    body.put("node", node.identity().node().value());
    body.put("incarnation", Long.toHexString(node.identity().incarnation()));
    return body;
  }

  private static Map<String, @Nullable Object> member(ServedNode node, NodeId id) {
    Map<String, @Nullable Object> member = new LinkedHashMap<>();
    member.put("id", id.value());
    member.put("http", node.httpAddress(id));
    return member;
  }
}
