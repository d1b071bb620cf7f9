package io.pekkoraft.failover;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * The actor that there must be only one of: answers {@link Question}s and, where there is a fenced
 * resource, uses that for each of them and reports every handler.
 */
final class Instance extends AbstractBehavior<String> {
  /** What stops it in good order. */
  static final String STOP = "stop";

  private static final AtomicInteger COUNT = new AtomicInteger();

  private final String name;
  private final long token;
  private final BooleanSupplier holds;
  private final FencedResource resource;
  private final Map<String, ActorRef<String>> users = new HashMap<>();

  private Instance(
      ActorContext<String> context,
      String name,
      long token,
      BooleanSupplier holds,
      FencedResource resource) {
    super(context);
    this.name = name;
    this.token = token;
    this.holds = holds;
    this.resource = resource;
    Report.say("started", name, token, System.nanoTime());
  }

  /** Makes instances of one node. The behavior may be started many times. */
  record Factory(String node, String resourceAddress) {

    /**
     * @param token asked at each start; rises from instance to instance
     * @param holds whether the lease with that token is valid, as far as anybody can say here
     */
    Behavior<String> behavior(LongSupplier token, LongPredicate holds) {
      return Behaviors.setup(
          context -> {
            long mine = token.getAsLong();
            // No other instance has this name.
            String name =
                node + "/" + ProcessHandle.current().pid() + "/" + COUNT.incrementAndGet();
            FencedResource resource = FencedResource.at(resourceAddress);
            return new Instance(context, name, mine, () -> holds.test(mine), resource);
          });
    }
  }

  @Override
  public Receive<String> createReceive() {
    return newReceiveBuilder()
        .onMessageEquals(STOP, Behaviors::stopped)
        .onAnyMessage(this::onQuestion)
        .onSignal(PostStop.class, signal -> onStopped())
        .build();
  }

  private Behavior<String> onQuestion(String text) {
    // First of all: this instant is what the rules about handlers are checked with.
    long start = System.nanoTime();
    boolean held = holds.getAsBoolean();
    Question question = Question.parse(text);
    if (question.holdMillis() > 0) {
      Report.say("inside", name, question.id());
      stayInside(start + question.holdMillis() * 1_000_000L);
    }
    if (resource.exists()) {
      String outcome = resource.use(token, name, question.id());
      long end = System.nanoTime();
      Report.say("handled", name, token, start, end, question.id(), held, outcome);
    }
    user(question.replyTo()).tell(new Question.Answer(question.id(), name).text());
    return this;
  }

  /** Keeps the thread, as a handler does that waits for something. */
  private static void stayInside(long untilNanos) {
    for (long left = untilNanos - System.nanoTime(); left > 0; ) {
      LockSupport.parkNanos(left);
      left = untilNanos - System.nanoTime();
    }
  }

  private ActorRef<String> user(String path) {
    return users.computeIfAbsent(
        path, p -> ActorRefResolver.get(getContext().getSystem()).resolveActorRef(p));
  }

  private Behavior<String> onStopped() {
    Report.say("stopped", name, System.nanoTime());
    resource.close();
    return this;
  }
}
