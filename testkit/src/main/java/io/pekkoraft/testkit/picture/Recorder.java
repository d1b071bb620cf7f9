package io.pekkoraft.testkit.picture;

/** Fills a {@link Recording} while a run goes on, in the run's own thread. */
public interface Recorder {

  /** What was recorded so far. */
  Recording recording();

  /** The present instant of the run. */
  long nowNanos();

  /** The command that runs it again. */
  String replay();

  /**
   * The run has failed; nothing if that is known already.
   *
   * @param violated in a few words
   * @param how in more words
   */
  void failed(String violated, String how);
}
