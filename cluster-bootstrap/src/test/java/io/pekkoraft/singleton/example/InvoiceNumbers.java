package io.pekkoraft.singleton.example;

import io.pekkoraft.singleton.FencingToken;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** Hands out consecutive invoice numbers: two instances would hand out the same ones. */
public final class InvoiceNumbers {
  private InvoiceNumbers() {}

  /** What it is asked. */
  public sealed interface Command {}

  /** The next number, please. */
  public record Next(ActorRef<Issued> replyTo) implements Command {}

  /** Another node is to have it. */
  public enum Stop implements Command {
    STOP
  }

  /** A number that was never handed out before. */
  public record Issued(long number) {}

  /** Trusts that there is no other instance. */
  public static Behavior<Command> create(InvoiceTable table) {
    return numbers(table::next);
  }

  /** Every change of the table carries the token, and is refused once there was a later one. */
  public static Behavior<Command> create(InvoiceTable table, FencingToken token) {
    return numbers(() -> table.next(token.value()));
  }

  private static Behavior<Command> numbers(LongSupplier next) {
    return Behaviors.receive(Command.class)
        .onMessage(
            Next.class,
            asked -> {
              asked.replyTo().tell(new Issued(next.getAsLong()));
              return Behaviors.same();
            })
        .onMessageEquals(Stop.STOP, Behaviors::stopped)
        .build();
  }
}
