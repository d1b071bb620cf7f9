package io.pekkoraft.testkit.bench;

import java.util.concurrent.CompletableFuture;

/** A group of three real members that can be put under load. Used by one thread. */
interface Group extends AutoCloseable {

  /** Puts a load on the member that leads, in its own process; waits for one to lead. */
  CompletableFuture<LoadResult> start(Load load);

  /** Waits until every member has applied so many commands. */
  void awaitApplied(long commands);

  /** Of all processes and members together. */
  Usage usage();

  /** Ends the members, and their processes if they have their own. */
  @Override
  void close();
}
