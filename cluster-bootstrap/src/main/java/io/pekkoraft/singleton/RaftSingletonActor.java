package io.pekkoraft.singleton;

import java.util.Optional;
import java.util.function.Function;
import org.apache.pekko.actor.ActorPaths;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * What {@link RaftSingleton#init} starts: a behaviour, under a name that is the same on all nodes.
 * Immutable.
 */
public final class RaftSingletonActor<M> {
  /** The name is part of actor paths and travels with every heartbeat. */
  static final int LONGEST_NAME = 200;

  private final Function<FencingToken, Behavior<M>> factory;
  private final String name;
  private final Optional<M> stopMessage;
  private final Props props;
  private final Optional<RaftSingletonSettings> settings;

  private RaftSingletonActor(
      Function<FencingToken, Behavior<M>> factory,
      String name,
      Optional<M> stopMessage,
      Props props,
      Optional<RaftSingletonSettings> settings) {
    this.factory = factory;
    this.name = name;
    this.stopMessage = stopMessage;
    this.props = props;
    this.settings = settings;
  }

  /**
   * @param behavior started anew whenever this process is assigned the name
   * @param name as for an actor; at most 200 characters
   * @throws IllegalArgumentException if the name cannot be one
   */
  public static <M> RaftSingletonActor<M> of(Behavior<M> behavior, String name) {
    return of(token -> behavior, name);
  }

  /**
   * @param factory makes the behaviour of a tenure from its token; called in the instance's actor
   * @param name as for an actor; at most 200 characters
   * @throws IllegalArgumentException if the name cannot be one
   */
  public static <M> RaftSingletonActor<M> of(
      Function<FencingToken, Behavior<M>> factory, String name) {
    if (name.length() > LONGEST_NAME || !ActorPaths.isValidPathElement(name)) {
      throw new IllegalArgumentException(
          "'"
              + name
              + "' cannot be the name of a singleton: it takes 1 to "
              + LONGEST_NAME
              + " characters that an actor's name may have, as letters, digits, '-' and '_'");
    }
    return new RaftSingletonActor<>(
        factory, name, Optional.empty(), Props.empty(), Optional.empty());
  }

  /**
   * @param newStopMessage given to the instance when another node is to have it, after all that was
   *     sent before; the instance must then stop, and nobody acts until it has
   */
  public RaftSingletonActor<M> withStopMessage(M newStopMessage) {
    return new RaftSingletonActor<>(factory, name, Optional.of(newStopMessage), props, settings);
  }

  /** Of the instance: its dispatcher, its mailbox. */
  public RaftSingletonActor<M> withProps(Props newProps) {
    return new RaftSingletonActor<>(factory, name, stopMessage, newProps, settings);
  }

  /** Instead of what is configured. */
  public RaftSingletonActor<M> withSettings(RaftSingletonSettings newSettings) {
    return new RaftSingletonActor<>(factory, name, stopMessage, props, Optional.of(newSettings));
  }

  public String name() {
    return name;
  }

  public Optional<M> stopMessage() {
    return stopMessage;
  }

  public Props props() {
    return props;
  }

  public Optional<RaftSingletonSettings> settings() {
    return settings;
  }

  /** The factory is the application's code: it runs as part of the instance's start. */
  Behavior<M> behavior(long token) {
    return Behaviors.setup(context -> factory.apply(new FencingToken(token)));
  }
}
