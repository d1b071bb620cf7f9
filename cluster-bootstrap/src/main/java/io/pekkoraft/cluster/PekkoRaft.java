package io.pekkoraft.cluster;

import io.pekkoraft.api.StateMachine;
import io.pekkoraft.session.Session;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Extension;
import org.apache.pekko.actor.typed.ExtensionId;

/**
 * Runs Raft groups in an application's own actor system. Configured under {@code pekko-raft};
 * {@code reference.conf} explains each key. Safe to use from any thread.
 *
 * <p>The process is a <em>member</em> if its {@code pekko-raft.node.id} is one of {@code
 * pekko-raft.node.members}. Otherwise it is a <em>client</em>, which hosts no group but has a
 * {@link #session}.
 *
 * <p>Abstract so that tests can put a stand-in in its place, by {@link PekkoRaftSetup}; not meant
 * for other inheritance.
 */
public abstract class PekkoRaft implements Extension {

  /** For those who replace it in tests. */
  protected PekkoRaft() {}

  /** The extension's name, for {@code pekko.actor.typed.extensions}. */
  public static final class Id extends ExtensionId<PekkoRaft> {
    private static final Id INSTANCE = new Id();

    private Id() {}

    /** Called by Pekko when it loads extensions by name. */
    public static Id getInstance() {
      return INSTANCE;
    }

    @Override
    public PekkoRaft createExtension(ActorSystem<?> system) {
      return LocalPekkoRaft.create(system);
    }
  }

  /**
   * The extension of an actor system, made when it is first asked for.
   *
   * @throws OperatorException if it cannot run as it is configured; the message names the key
   */
  public static PekkoRaft get(ActorSystem<?> system) {
    return Id.INSTANCE.apply(system);
  }

  /**
   * Starts this process's member of a group, and helps to form the group if it does not exist yet.
   * To be called on every member, with the same name. Returns at once, formed or not.
   *
   * @param group its name: 1 to 64 of the characters {@code A-Z a-z 0-9 . _ -}
   * @param stateMachine fresh and empty; from now on in the member's hands
   * @throws OperatorException if this process cannot host it; the message names the key
   * @throws IllegalStateException if it has been started already, or the actor system is ending
   */
  public final RaftMember start(String group, StateMachine stateMachine) {
    return start(group, stateMachine, failure -> {});
  }

  /**
   * As {@link #start(String, StateMachine)}.
   *
   * @param onFailure told at most once, by any thread, if the member finds later that it cannot
   *     take part; its status says so too
   */
  public abstract RaftMember start(
      String group, StateMachine stateMachine, Consumer<OperatorException> onFailure);

  /** The member of a group that was started here. */
  public abstract Optional<RaftMember> group(String name);

  /**
   * This process's session with the coordination group, the ground of singletons and leases. A
   * member starts its part of the group, {@code pekko-raft.coordination.group}, when this is called
   * first; so it is to be called on every member, or {@code pekko-raft.coordination.start} to be
   * {@code at-once}. A client has a session too.
   *
   * @throws OperatorException if the group cannot be started here; the message names the key
   * @throws IllegalStateException if the actor system is ending
   */
  public abstract Session session();
}
