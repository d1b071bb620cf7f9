package io.pekkoraft.role;

import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.message.PeerMessage;
import io.pekkoraft.message.PeerMessage.AppendReply;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/**
 * Messages on their way out. They leave when the handler that said them has returned; one that
 * promises something durable waits here, beyond that, until the journal has confirmed all that was
 * recorded before it was said (Raft, Figure 2: "updated on stable storage before responding"). A
 * promise that a new term or a truncation makes obsolete is dropped.
 */
final class Outbox {
  private record Held(long ticket, Envelope envelope) {}

  private final Deque<Held> held = new ArrayDeque<>();
  private final List<Envelope> ready = new ArrayList<>();

  /**
   * @param recordedTicket the batch that holds the newest recorded event
   * @param durableTicket the newest batch that is durable
   */
  void add(Envelope envelope, long recordedTicket, long durableTicket) {
    if (envelope.message().promises() && recordedTicket > durableTicket) {
      held.add(new Held(recordedTicket, envelope));
    } else {
      ready.add(envelope);
    }
  }

  void durable(long ticket) {
    while (!held.isEmpty() && held.peekFirst().ticket() <= ticket) {
      ready.add(held.removeFirst().envelope());
    }
  }

  void termAdvanced(long term) {
    held.removeIf(promise -> promise.envelope().message().term() < term);
  }

  void truncatedFrom(long index) {
    held.removeIf(promise -> promisesEntry(promise.envelope().message(), index));
  }

  private static boolean promisesEntry(PeerMessage message, long index) {
    return message instanceof AppendReply reply && reply.success() && reply.index() >= index;
  }

  /** Gives away what may leave, in the order it was said. */
  void flush(Consumer<Envelope> transmit) {
    for (int i = 0; i < ready.size(); i++) {
      transmit.accept(ready.get(i));
    }
    ready.clear();
  }

  /** The node has failed: nothing leaves any more. */
  void clear() {
    held.clear();
    ready.clear();
  }
}
