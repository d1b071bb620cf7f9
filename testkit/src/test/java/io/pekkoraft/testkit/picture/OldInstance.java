package io.pekkoraft.testkit.picture;

import io.pekkoraft.testkit.InvariantViolation;
import io.pekkoraft.testkit.Picture;
import io.pekkoraft.testkit.Pictures;
import io.pekkoraft.testkit.fullstack.ApplicationCluster;
import io.pekkoraft.testkit.fullstack.ApplicationTestKit;
import io.pekkoraft.testkit.fullstack.Instances;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.pekko.actor.ActorSelection;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** A run that fails: of two instances of a singleton the older one acts last. */
final class OldInstance {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private final Instances sellers = Instances.of("seller");
  private final List<ActorRef<String>> actors = new ArrayList<>();

  private void main(ActorSystem<?> system) {
    long token = actors.size() + 1L;
    actors.add(
        system.systemActorOf(
            sellers.observed(token, Behaviors.<String>ignore()), "seller", Props.empty()));
  }

  static Picture picture() {
    OldInstance run = new OldInstance();
    Pictures.beginScenario();
    ApplicationCluster shop = ApplicationTestKit.of(run::main).processes(2).start();
    Picture picture = Objects.requireNonNull(Pictures.endScenario());
    shop.elapse(SECOND);
    ActorSelection distant =
        shop.on(
            "b",
            system ->
                Adapter.toClassic(system)
                    .actorSelection("pekko://application@a:2551/system/seller"));
    shop.on("b", system -> tell(distant));
    try {
      shop.elapse(SECOND);
      throw new IllegalStateException("it has not failed");
    } catch (InvariantViolation violation) {
      shop.crash("b");
      return picture;
    }
  }

  private static boolean tell(ActorSelection seller) {
    seller.tell("sell", org.apache.pekko.actor.ActorRef.noSender());
    return true;
  }
}
