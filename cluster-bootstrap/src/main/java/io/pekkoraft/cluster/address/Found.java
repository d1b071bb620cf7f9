package io.pekkoraft.cluster.address;

/** What an {@link Introduction} means to the process that hears it. */
public sealed interface Found {

  /** Nothing new. */
  record Nothing() implements Found {}

  /** A member is there from now on. */
  record Member(Introduction who) implements Found {}

  /**
   * A member is said to be at two places: the one that was known is to be asked whether it is still
   * there, and if it does not answer, {@link KnownMembers#replace} is to be called.
   */
  record Disputed(Introduction newcomer, Introduction present) implements Found {}

  /** Another process is this node too. */
  record SecondSelf(Introduction other) implements Found {}

  /** The process there must not be taken for a member. */
  record Stranger(Introduction who, String why) implements Found {}
}
