package io.pekkoraft.role;

import io.pekkoraft.api.Outcome;
import io.pekkoraft.api.TransferOutcome;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.message.ClientRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * While leadership is handed over, as far as this node knows, clients' requests wait here instead
 * of being refused: with the leader that gives it away, with whoever voted for the one that takes
 * it, and with that one. Next they go to the leader that is found, or back to the old one. They
 * keep their deadlines.
 */
public final class HandOver {
  private final NodeSettings settings;
  private List<ClientRequest> held = new ArrayList<>();
  private long heldBytes;
  private boolean open;
  private @Nullable Consumer<TransferOutcome> replyTo;

  HandOver(NodeSettings settings) {
    this.settings = settings;
  }

  boolean isOpen() {
    return open;
  }

  void begin() {
    open = true;
  }

  /** This node leads, and gives it away. */
  void begin(Consumer<TransferOutcome> asker) {
    open = true;
    replyTo = asker;
  }

  void hold(List<ClientRequest> requests) {
    requests.forEach(this::hold);
  }

  private void hold(ClientRequest request) {
    int bytes = request.command().length;
    if (bytes > settings.maxCommandBytes()) {
      request.complete(new Outcome.TooLarge(settings.maxCommandBytes()));
    } else if (heldBytes + bytes > settings.maxUncommittedBytes()) {
      request.complete(new Outcome.Overloaded(settings.heartbeatInterval()));
    } else {
      held.add(request);
      heldBytes += bytes;
    }
  }

  /** Forgets requests whose deadline has answered them. */
  void forgetDone() {
    if (!held.isEmpty()) {
      held.removeIf(ClientRequest::isDone);
      heldBytes = held.stream().mapToLong(request -> request.command().length).sum();
    }
  }

  /** It is over, well: this node leads, or the one that does was heard. */
  List<ClientRequest> succeeded(NodeId leader, long term) {
    return end(new TransferOutcome.Transferred(leader, term));
  }

  /** It is over, and this node leads on. */
  List<ClientRequest> aborted(String reason) {
    return end(new TransferOutcome.Aborted(reason));
  }

  /** It is over, and nobody is known to lead. */
  void failed(String reason, Outcome refusal) {
    end(new TransferOutcome.Aborted(reason)).forEach(request -> request.complete(refusal));
  }

  private List<ClientRequest> end(TransferOutcome outcome) {
    List<ClientRequest> waiting = held;
    Consumer<TransferOutcome> asker = replyTo;
    held = new ArrayList<>();
    heldBytes = 0;
    open = false;
    replyTo = null;
    if (asker != null) {
      asker.accept(outcome);
    }
    return waiting;
  }
}
