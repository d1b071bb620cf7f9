package io.pekkoraft.testkit;

import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.role.NodePorts;
import java.util.function.BiFunction;

/** What is broken in a simulation on purpose, to see that the invariants notice. */
final class Tampering {
  private boolean confirmsEarly;
  private BiFunction<SimulatedNode, Envelope, Envelope> door = (node, envelope) -> envelope;
  private BiFunction<SimulatedNode, NodePorts, NodePorts> ports = (node, own) -> own;

  /** Confirms writes before they are durable. */
  void confirmEarly() {
    confirmsEarly = true;
  }

  boolean confirmsEarly() {
    return confirmsEarly;
  }

  /** What a node is handed instead of what was sent to it; the invariants see what was sent. */
  void atTheDoor(BiFunction<SimulatedNode, Envelope, Envelope> change) {
    door = change;
  }

  Envelope handed(SimulatedNode node, Envelope sent) {
    return door.apply(node, sent);
  }

  /** What a node stands on instead of honest ports. */
  void withPorts(BiFunction<SimulatedNode, NodePorts, NodePorts> change) {
    ports = change;
  }

  NodePorts portsFor(SimulatedNode node, NodePorts own) {
    return ports.apply(node, own);
  }
}
