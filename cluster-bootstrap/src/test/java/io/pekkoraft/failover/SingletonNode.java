package io.pekkoraft.failover;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * One of three nodes that have a single {@link Instance} among them, with a {@link User} of it. A
 * process of its own, which does what its input says:
 *
 * <ul>
 *   <li>{@code ask MILLIS}: its user asks at this pace, 0 ends that
 *   <li>{@code burst COUNT}: its user asks that many questions at once
 *   <li>{@code hold MILLIS}: its user asks one question whose handler stays inside for so long
 *   <li>{@code look}: reports {@code answered} at the next answer, whoever gives it
 *   <li>{@code standing ID}: reports {@code standing} with ID, complete, leads, term
 *   <li>{@code lead ID}: this node, if it leads the others, has that one lead them
 *   <li>{@code flush ID}: reports {@code flushed} with ID
 * </ul>
 */
public final class SingletonNode {
  static final String SYSTEM = "pekko-raft";

  private final Hosting hosting;
  private final User user;

  private SingletonNode(Hosting hosting, User user) {
    this.hosting = hosting;
    this.user = user;
  }

  public static void main(String[] words) {
    NodeArguments arguments = NodeArguments.parse(words);
    Variant variant = arguments.variant();
    Config common =
        ConfigFactory.parseString(
            """
            pekko.loggers = ["org.apache.pekko.event.slf4j.Slf4jLogger"]
            pekko.logging-filter = "org.apache.pekko.event.slf4j.Slf4jLoggingFilter"
            pekko.log-dead-letters = off
            pekko.log-dead-letters-during-shutdown = off
            """);
    ActorSystem<Void> system =
        ActorSystem.create(
            Behaviors.empty(),
            SYSTEM,
            variant
                .configuration(arguments)
                .withFallback(common)
                .withFallback(ConfigFactory.load()));
    Instance.Factory instances = new Instance.Factory(arguments.node(), arguments.resource());
    Hosting hosting = variant.start(system, arguments, instances);
    User user = new User(system, hosting.proxy(), arguments.node());
    SingletonNode node = new SingletonNode(hosting, user);
    endWithInput(line -> node.obey(List.of(line.split(" ", -1))));
    Report.say("ready");
  }

  /** Gives each line of standard input to the consumer; when there is no more, ends the process. */
  static void endWithInput(Consumer<String> lines) {
    Thread thread =
        new Thread(
            () -> {
              try (BufferedReader input =
                  new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
                input.lines().forEach(lines);
              } catch (IOException ended) {
                // As if it had ended.
              }
              Runtime.getRuntime().halt(0);
            },
            "input");
    thread.setDaemon(true);
    thread.start();
  }

  private void obey(List<String> words) {
    String argument = words.get(words.size() - 1);
    switch (words.get(0)) {
      case "ask" -> user.askEvery(Integer.parseInt(argument));
      case "burst" -> user.burst(Integer.parseInt(argument));
      case "hold" -> user.ask(Integer.parseInt(argument));
      case "look" -> user.look();
      case "standing" -> sayStanding(argument);
      case "lead" -> hosting.handLeadershipTo(argument);
      case "flush" -> Report.say("flushed", argument);
      default -> Report.say("unknown", argument);
    }
  }

  private void sayStanding(String id) {
    hosting
        .standing()
        .thenAccept(s -> Report.say("standing", id, s.complete(), s.leads(), s.term()));
  }
}
