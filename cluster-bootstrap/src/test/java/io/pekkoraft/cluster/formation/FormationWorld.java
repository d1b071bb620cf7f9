package io.pekkoraft.cluster.formation;

import io.pekkoraft.cluster.formation.Decision.Form;
import io.pekkoraft.cluster.formation.Decision.Promise;
import io.pekkoraft.cluster.formation.FormationEvent.Formed;
import io.pekkoraft.cluster.formation.FormationEvent.Promised;
import io.pekkoraft.log.NodeId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * All nodes of a formation and all that was ever said, as a value: what can happen next is a list
 * of other worlds. Whatever was said once can be heard at any time, any number of times, or never;
 * so loss, delay, repetition and reordering need no step of their own.
 *
 * @param nodes by their place in the list
 * @param said every statement that ever left a node
 * @param everFormed every group that any node ever recorded as formed, on disks that are wiped by
 *     now too
 * @param wipesLeft how many more disks may be lost
 */
record FormationWorld(
    List<Node> nodes, Set<Statement> said, Set<Proposal> everFormed, int wipesLeft) {

  /**
   * One node: its disk, and what it has heard in this life. A crash clears the latter.
   *
   * @param incarnation of its data directory
   */
  record Node(NodeId id, long incarnation, FormationState disk, Map<NodeId, Statement> heard) {}

  static final MemberList LIST =
      new MemberList(List.of(entry("a", 2551), entry("b", 2552), entry("c", 2553)));

  static MemberList.Entry entry(String id, int port) {
    return new MemberList.Entry(NodeId.of(id), "pekko://pekko-raft@127.0.0.1:" + port);
  }

  static FormationWorld empty(int wipes) {
    List<Node> nodes = new ArrayList<>();
    for (NodeId id : LIST.ids()) {
      nodes.add(new Node(id, 1, FormationState.INITIAL, Map.of()));
    }
    FormationWorld world = new FormationWorld(List.copyOf(nodes), Set.of(), Set.of(), wipes);
    for (Node node : nodes) {
      world = world.saying(node);
    }
    return world;
  }

  /**
   * Every world that is one step away: something heard, decided and stored, a crash, a lost disk.
   */
  List<FormationWorld> next() {
    List<FormationWorld> next = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      Node node = nodes.get(i);
      for (Statement statement : said) {
        if (!statement.sender().node().equals(node.id())) {
          next.add(hear(i, statement));
        }
      }
      if (!node.heard().isEmpty()) {
        next.add(with(i, new Node(node.id(), node.incarnation(), node.disk(), Map.of())));
      }
      next.add(act(i));
      if (wipesLeft > 0) {
        next.add(wipe(i));
      }
    }
    return next;
  }

  FormationWorld hear(int i, Statement statement) {
    Node node = nodes.get(i);
    Map<NodeId, Statement> heard = new HashMap<>(node.heard());
    heard.put(statement.sender().node(), statement);
    return with(i, new Node(node.id(), node.incarnation(), node.disk(), Map.copyOf(heard)));
  }

  /** As {@link #hear(int, Statement)}, of what a node said at a step, in the newest such life. */
  FormationWorld hear(int i, int teller, FormationState.Step step) {
    NodeId id = nodes.get(teller).id();
    return hear(
        i,
        said.stream()
            .filter(statement -> statement.sender().node().equals(id) && statement.step() == step)
            .max(Comparator.comparing(statement -> statement.sender().incarnation()))
            .orElseThrow());
  }

  /**
   * The node decides, stores what it decided, and says so. A crash before the write is the world in
   * which this step is not.
   */
  FormationWorld act(int i) {
    Node node = nodes.get(i);
    Decision decision = decide(i);
    FormationEvent event;
    if (decision instanceof Promise promise) {
      event = new Promised(promise.proposal());
    } else if (decision instanceof Form form) {
      event = new Formed(form.proposal());
    } else {
      return this;
    }
    Node after = new Node(node.id(), node.incarnation(), node.disk().apply(event), node.heard());
    return with(i, after).saying(after);
  }

  Decision decide(int i) {
    Node node = nodes.get(i);
    return new BootstrapDecider(identity(node), LIST, drawn(node), false)
        .decide(node.disk(), node.heard());
  }

  FormationWorld wipe(int i) {
    Node node = nodes.get(i);
    Node wiped = new Node(node.id(), node.incarnation() + 1, FormationState.INITIAL, Map.of());
    FormationWorld after = with(i, wiped);
    return new FormationWorld(after.nodes, after.said, after.everFormed, wipesLeft - 1)
        .saying(wiped);
  }

  /** Every node runs, hears what all the others now say, and acts, until nothing changes. */
  FormationWorld settle() {
    FormationWorld before;
    FormationWorld world = this;
    do {
      before = world;
      for (int i = 0; i < world.nodes.size(); i++) {
        for (Node other : world.nodes) {
          if (!other.id().equals(world.nodes.get(i).id())) {
            world = world.hear(i, statement(other));
          }
        }
        world = world.act(i);
      }
    } while (!world.equals(before));
    return world;
  }

  private FormationWorld with(int i, Node node) {
    List<Node> changed = new ArrayList<>(nodes);
    changed.set(i, node);
    Set<Proposal> formed = everFormed;
    Proposal proposal = node.disk().proposal();
    if (proposal != null && node.disk().step().isFormed() && !formed.contains(proposal)) {
      formed = new HashSet<>(formed);
      formed.add(proposal);
    }
    return new FormationWorld(List.copyOf(changed), said, Set.copyOf(formed), wipesLeft);
  }

  private FormationWorld saying(Node node) {
    Set<Statement> more = new HashSet<>(said);
    more.add(statement(node));
    return new FormationWorld(nodes, Set.copyOf(more), everFormed, wipesLeft);
  }

  private static Statement statement(Node node) {
    return new Statement(identity(node), "pekko://s@h:1", LIST, node.disk(), false);
  }

  private static Identity identity(Node node) {
    return new Identity("test", "kv", node.id(), node.incarnation());
  }

  /** Every data directory would draw another one. */
  private static long drawn(Node node) {
    return node.incarnation() * 1000 + node.id().value().charAt(0);
  }
}
