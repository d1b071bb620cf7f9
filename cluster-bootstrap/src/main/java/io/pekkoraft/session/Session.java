package io.pekkoraft.session;

import io.pekkoraft.coordination.SessionId;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * This process's standing with the leader of the coordination group: what it holds, and whether it
 * may act on it now. One per actor system; lives as long. Safe to use from any thread; nothing
 * blocks. Callbacks are called by the session's actor, one at a time, and must not block either.
 */
public interface Session {

  SessionId id();

  /**
   * True if this process, at this instant, is for certain the only one that may act under the name:
   * it was granted with this token and the lease is not over. To be read just before each act. One
   * volatile read and the clock.
   */
  boolean holds(String name, long token);

  /** Why nothing can be held now, for people; empty while all is well. */
  String reason();

  // --- names that the leader assigns to one of the processes that offer to host them

  /** Offers to host the name until {@link #withdraw}. A second offer of a name is refused. */
  void offer(String name, Offer offer);

  /** No longer offered; if it is held, {@link Offer#handOver} follows. */
  void withdraw(String name);

  /** What happens to an offered name. */
  interface Offer {
    /** From now on this process hosts it, as far as {@link Session#holds} says so. */
    void assigned(long token);

    /**
     * Somebody else shall have it: stop the instance, and when it has stopped call {@link
     * Session#released}.
     */
    void handOver(long token);

    /** It is somebody else's now, or nobody's: stop at once; there is nothing to release. */
    void lost(long token);

    /**
     * The lease is over, the assignment is not: pause. A hint; the gate is {@link Session#holds}.
     */
    void lapsed(long token);

    /** The lease is valid again: go on. */
    void resumed(long token);
  }

  /** The instance of an assigned name has been started and can be reached there. */
  void acting(String name, long token, String actorPath);

  /** The instance of a name has stopped and will do nothing any more. */
  void released(String name, long token);

  // --- where a name acts

  /** An instance: its token, and the address-complete path of the actor to talk to. */
  record Location(long token, String actorPath) {}

  /**
   * Tells where the name acts, now and at each change; empty while nobody is known to act.
   *
   * @return run it to be told no more
   */
  Runnable watch(String name, Consumer<Optional<Location>> watcher);

  // --- leases that an owner asks for

  /**
   * Asks for a lease; the same owner of the same session gets it again.
   *
   * @param owner who asks, as users know it; told to others that are refused
   * @param timeToLive how long silence of this process leaves it in its possession
   * @param lost called at most once, when it is certain that the lease is lost after it was granted
   * @return completed within the timeout: never exceptionally
   */
  CompletionStage<Acquired> acquire(
      String name, String owner, Duration timeToLive, Duration timeout, Consumer<String> lost);

  /** How asking for a lease ended. */
  sealed interface Acquired {
    record Granted(long token) implements Acquired {}

    /** Certainly not: somebody else has it. */
    record HeldBy(String owner) implements Acquired {}

    /** Nobody can say: no answer in time. It may be granted later; releasing it makes sure. */
    record Unknown(String reason) implements Acquired {}
  }

  /**
   * Gives a lease back, also one whose acquisition is unknown.
   *
   * @return true when it is certainly not held by this owner and session any more; false if that is
   *     unknown at the timeout
   */
  CompletionStage<Boolean> release(String name, String owner, Duration timeout);

  // --- the end

  /**
   * Hands over all that is held and takes nothing new; leases are kept until they are released.
   *
   * @return completed when nothing that was assigned is held here, or the timeout is over
   */
  CompletionStage<Void> leave(Duration timeout);
}
