package io.pekkoraft.failover;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;

/**
 * Asks the single instance through the proxy of its node, and reports {@code answered} whenever
 * another instance than before answers. Asks from a thread of its own: Pekko's timers are no finer
 * than 10 ms.
 */
final class User {
  private final ActorRef<String> proxy;
  private final String node;
  private final String replyTo;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "user");
            thread.setDaemon(true);
            return thread;
          });

  private @Nullable ScheduledFuture<?> asking;
  private long asked;
  private volatile String lastAnsweredBy = "";

  User(ActorSystem<?> system, ActorRef<String> proxy, String node) {
    this.proxy = proxy;
    this.node = node + "/" + ProcessHandle.current().pid();
    ActorRef<String> answers = system.systemActorOf(answers(), "user-of-singleton", Props.empty());
    this.replyTo = ActorRefResolver.get(system).toSerializationFormat(answers);
  }

  private Behavior<String> answers() {
    return Behaviors.receiveMessage(
        text -> {
          long now = System.nanoTime();
          Question.Answer answer = Question.Answer.parse(text);
          if (!answer.instance().equals(lastAnsweredBy)) {
            lastAnsweredBy = answer.instance();
            Report.say("answered", answer.instance(), now, answer.question());
          }
          return Behaviors.same();
        });
  }

  /** From now on asks at this pace; 0: no more. */
  synchronized void askEvery(int millis) {
    if (asking != null) {
      asking.cancel(false);
      asking = null;
    }
    if (millis > 0) {
      asking = clock.scheduleWithFixedDelay(() -> ask(0), 0, millis, TimeUnit.MILLISECONDS);
    }
  }

  /** Reports the next answer also if the same instance gives it. */
  void look() {
    lastAnsweredBy = "";
  }

  /** Asks that many questions at once. */
  void burst(int count) {
    for (int i = 0; i < count; i++) {
      ask(0);
    }
  }

  synchronized void ask(int holdMillis) {
    asked++;
    proxy.tell(new Question(node + "/" + asked, holdMillis, replyTo).text());
  }
}
