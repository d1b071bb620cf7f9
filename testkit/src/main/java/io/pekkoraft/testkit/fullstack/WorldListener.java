package io.pekkoraft.testkit.fullstack;

import io.pekkoraft.api.Outcome;
import io.pekkoraft.role.NodeObserver;
import io.pekkoraft.testkit.picture.Recording;
import org.jspecify.annotations.Nullable;

/**
 * Hears what happens in a {@link VirtualWorld}, while it happens, on the thread of the world. It
 * only looks: a run with a listener is the same as one without.
 */
interface WorldListener {
  WorldListener NONE = new WorldListener() {};

  default void added(Machine machine) {}

  // --- messages

  /** A message leaves for its receiver, perhaps after it was held. */
  default void underWay(Flight flight) {}

  /** The network has doubled a message; this is the second. */
  default void doubled(Flight copy) {}

  default void lost(Flight flight) {}

  default void held(Flight flight) {}

  default void nobodyThere(Flight flight) {}

  /** It has come, and its process stands still. */
  default void waits(Flight flight) {}

  /** It is put into a mailbox. */
  default void delivered(Flight flight) {}

  // --- machines

  /**
   * A member is there: it starts, or decides something and was not known yet.
   *
   * @return hears what it decides
   */
  default NodeObserver member(HeardMember member) {
    return new NodeObserver() {};
  }

  /** Something that ran in a process has come to its end, or the process itself has changed. */
  default void settled(Machine machine) {}

  /** A fault, or its end; of a machine or of the network. */
  default void fault(String who, String what) {}

  /** Something worth telling. */
  default void noted(String who, String what) {}

  // --- clients and singletons

  /**
   * A client asks a member.
   *
   * @return names the request when it is answered
   */
  default Recording.@Nullable Operation asked(Machine machine, int bytes) {
    return null;
  }

  default void answered(
      Machine machine, Recording.@Nullable Operation operation, Outcome outcome) {}

  /** An instance of a singleton begins to act. */
  default void begins(Machine machine, String singleton, long token) {}

  default void stops(Machine machine, String singleton, long token) {}

  /** Something has happened that must not: time stands still. */
  default void violated(String invariant, String what) {}
}
