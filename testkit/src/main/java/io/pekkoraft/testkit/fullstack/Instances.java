package io.pekkoraft.testkit.fullstack;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.BehaviorInterceptor;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.PreRestart;
import org.apache.pekko.actor.typed.Signal;
import org.apache.pekko.actor.typed.TypedActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * The instances of one singleton in all processes of an {@link ApplicationCluster}. One for each
 * run. It insists, in the order of virtual time, that one instance acts at a time: none begins a
 * handler (its start, a message, a signal other than its end) once one with a later token has, and
 * no token is that of two processes.
 */
public final class Instances {
  private static final String INVARIANT = "one instance acts at a time";

  private final String name;
  private final List<Instance> begun = new ArrayList<>();
  private final Map<Long, Life> owners = new HashMap<>();
  private long newestToken;
  private long acts;

  private static final class Instance {
    private final Life life;
    private final long token;
    private boolean stopped;

    Instance(Life life, long token) {
      this.life = life;
      this.token = token;
    }

    VirtualWorld world() {
      return life.machine().world();
    }
  }

  private Instances(String name) {
    this.name = name;
  }

  /**
   * @param name for reports
   */
  public static Instances of(String name) {
    return new Instances(name);
  }

  /**
   * The same behaviour, watched. To be put around what a singleton is made of.
   *
   * @param token the instance's fencing token
   */
  public <M> Behavior<M> observed(long token, Behavior<M> behavior) {
    return Behaviors.setup(
        context -> {
          Instance instance = begins(token);
          return Behaviors.intercept(() -> new Observer<>(instance), behavior);
        });
  }

  /** How many have begun and neither stopped nor gone with their process; paused ones count. */
  public int alive() {
    return (int) begun.stream().filter(one -> !one.stopped && !one.life.isOver()).count();
  }

  /** The processes of those that are {@link #alive}, those that began first first. */
  public List<String> processes() {
    return begun.stream()
        .filter(one -> !one.stopped && !one.life.isOver())
        .map(one -> one.life.machine().name())
        .toList();
  }

  /** The greatest token that has acted; 0 before. */
  public long newestToken() {
    return newestToken;
  }

  /** The tokens of all instances that have begun, in the order of their starts. */
  public List<Long> tokens() {
    return begun.stream().map(one -> one.token).toList();
  }

  /** How many handlers have begun. */
  public long acts() {
    return acts;
  }

  private Instance begins(long token) {
    Instance instance = new Instance(Life.current(), token);
    begun.add(instance);
    String process = instance.life.machine().name();
    instance.world().listener().begins(instance.life.machine(), name, token);
    instance.world().note(process, name + " begins, token " + token);
    Life owner = owners.putIfAbsent(token, instance.life);
    if (owner != null && owner != instance.life) {
      instance
          .world()
          .violation(INVARIANT, name + ": token " + token + " is that of two processes");
    }
    acts(instance);
    return instance;
  }

  private void acts(Instance instance) {
    acts++;
    if (instance.token < newestToken) {
      instance
          .world()
          .violation(
              INVARIANT,
              name
                  + " with token "
                  + instance.token
                  + " acts in "
                  + instance.life.machine().name()
                  + " after "
                  + newestToken
                  + " has");
    }
    newestToken = instance.token;
  }

  private void stops(Instance instance) {
    instance.stopped = true;
    instance.world().listener().stops(instance.life.machine(), name, instance.token);
    instance
        .world()
        .note(instance.life.machine().name(), name + " has stopped, token " + instance.token);
  }

  private final class Observer<M> extends BehaviorInterceptor<M, M> {
    private final Instance instance;

    @SuppressWarnings("unchecked") // any message is the behaviour's, as without this
    Observer(Instance instance) {
      super((Class<M>) Object.class);
      this.instance = instance;
    }

    @Override
    public Behavior<M> aroundReceive(TypedActorContext<M> ctx, M message, ReceiveTarget<M> target) {
      acts(instance);
      return target.apply(ctx, message);
    }

    @Override
    public Behavior<M> aroundSignal(
        TypedActorContext<M> ctx, Signal signal, SignalTarget<M> target) {
      if (signal instanceof PostStop || signal instanceof PreRestart) {
        stops(instance);
      } else {
        acts(instance);
      }
      return target.apply(ctx, signal);
    }
  }
}
