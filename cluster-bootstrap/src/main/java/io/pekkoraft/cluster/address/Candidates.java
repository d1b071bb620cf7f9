package io.pekkoraft.cluster.address;

import java.util.Set;
import java.util.concurrent.CompletionStage;

/** Where members might be; who is there is asked. */
public interface Candidates {

  /**
   * Looks once.
   *
   * @return addresses of actor systems, as {@code pekko://system@host:port}; may fail
   */
  CompletionStage<Set<String>> look();
}
