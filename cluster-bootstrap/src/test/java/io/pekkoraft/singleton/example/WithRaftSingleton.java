package io.pekkoraft.singleton.example;

import io.pekkoraft.singleton.RaftSingleton;
import io.pekkoraft.singleton.RaftSingletonActor;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;

/** After: rests on the leases of a majority, and the table refuses whoever is over. */
public final class WithRaftSingleton {
  private WithRaftSingleton() {}

  /** Called on every node. */
  public static ActorRef<InvoiceNumbers.Command> start(ActorSystem<?> system, InvoiceTable table) {
    return RaftSingleton.get(system)
        .init(
            RaftSingletonActor.of(token -> InvoiceNumbers.create(table, token), "invoice-numbers")
                .withStopMessage(InvoiceNumbers.Stop.STOP));
  }
}
