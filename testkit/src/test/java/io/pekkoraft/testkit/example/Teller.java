package io.pekkoraft.testkit.example;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pekkoraft.api.Outcome;
import io.pekkoraft.api.RaftGroup;
import java.time.Duration;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

// docs: begin teller
/** An application's actor: takes deposits, and says honestly what became of each. */
final class Teller extends AbstractBehavior<Teller.Command> {
  sealed interface Command {}

  record Deposit(String account, long amount, ActorRef<String> replyTo) implements Command {}

  private record Ended(Outcome outcome, ActorRef<String> replyTo) implements Command {}

  private final RaftGroup bank;

  private Teller(ActorContext<Command> context, RaftGroup bank) {
    super(context);
    this.bank = bank;
  }

  static Behavior<Command> create(RaftGroup bank) {
    return Behaviors.setup(context -> new Teller(context, bank));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Deposit.class, this::onDeposit)
        .onMessage(Ended.class, this::onEnded)
        .build();
  }

  private Behavior<Command> onDeposit(Deposit deposit) {
    byte[] command = ("deposit " + deposit.account() + " " + deposit.amount()).getBytes(UTF_8);
    getContext()
        .pipeToSelf(
            bank.propose(command, Duration.ofSeconds(3)),
            (outcome, failure) -> new Ended(outcome, deposit.replyTo()));
    return this;
  }

  private Behavior<Command> onEnded(Ended ended) {
    String answer =
        ended.outcome() instanceof Outcome.Committed committed
            ? "balance " + new String(committed.result(), UTF_8)
            : ended.outcome() instanceof Outcome.Indeterminate ? "ask again" : "not done";
    ended.replyTo().tell(answer);
    return this;
  }
}
// docs: end
