package io.pekkoraft.role;

import io.pekkoraft.api.Outcome;
import io.pekkoraft.message.ClientRequest;
import io.pekkoraft.message.Header;
import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.message.PeerMessage.ForwardProposal;
import io.pekkoraft.message.PeerMessage.ForwardReply;
import java.util.concurrent.atomic.AtomicBoolean;

/** A request that a client gave to another member; that member keeps its deadline. */
final class ForwardedRequest implements ClientRequest {
  private final NodePorts ports;
  private final Header back;
  private final ForwardProposal forward;
  private final AtomicBoolean done = new AtomicBoolean();

  ForwardedRequest(NodePorts ports, Header back, ForwardProposal forward) {
    this.ports = ports;
    this.back = back;
    this.forward = forward;
  }

  @Override
  public byte[] command() {
    return forward.command().array();
  }

  @Override
  public boolean mayTakeEffect() {
    return !isDone();
  }

  @Override
  public boolean isDone() {
    return done.get();
  }

  @Override
  public void complete(Outcome outcome) {
    if (done.compareAndSet(false, true)) {
      ports.transmit(
          new Envelope(back, new ForwardReply(forward.term(), forward.requestId(), outcome)));
    }
  }
}
