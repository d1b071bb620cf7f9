package io.pekkoraft.singleton.example;

import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.typed.ClusterSingleton;
import org.apache.pekko.cluster.typed.SingletonActor;

/** Before: rests on the Cluster, and on a downing strategy that is right. */
public final class WithClusterSingleton {
  private WithClusterSingleton() {}

  /** Called on every node. */
  public static ActorRef<InvoiceNumbers.Command> start(ActorSystem<?> system, InvoiceTable table) {
    return ClusterSingleton.get(system)
        .init(
            SingletonActor.of(InvoiceNumbers.create(table), "invoice-numbers")
                .withStopMessage(InvoiceNumbers.Stop.STOP));
  }
}
