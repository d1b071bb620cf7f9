package io.pekkoraft.testkit.bench;

import com.typesafe.config.Config;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.testkit.real.RealCluster;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Three members in this process. */
final class OneProcess implements Group {
  private final RealCluster cluster;

  OneProcess(Path directory, Config overrides) {
    this.cluster = new RealCluster(3, directory, overrides, Counter::new);
  }

  @Override
  public CompletableFuture<LoadResult> start(Load load) {
    return CompletableFuture.supplyAsync(() -> run(load), task -> new Thread(task, "load").start());
  }

  private LoadResult run(Load load) {
    NodeId leader = cluster.leader();
    while (leader == null) {
      Thread.onSpinWait();
      leader = cluster.leader();
    }
    try {
      return ClosedLoop.run(cluster.member(leader), load);
    } catch (InterruptedException e) {
      throw new CompletionException(e);
    }
  }

  @Override
  public void awaitApplied(long commands) {
    for (NodeId id : cluster.ids()) {
      ((Counter) cluster.stateMachine(id)).reaches(commands).toCompletableFuture().join();
    }
  }

  @Override
  public Usage usage() {
    long flushes = 0;
    long applied = Long.MAX_VALUE;
    for (NodeId id : cluster.ids()) {
      long own = ((Counter) cluster.stateMachine(id)).count();
      // What was applied was journalled before, so then the store is open.
      flushes += own == 0 ? 0 : cluster.journal(id).flushes();
      applied = Math.min(applied, own);
    }
    return Usage.ofThisProcess(flushes, applied);
  }

  @Override
  public void close() {
    cluster.close();
  }
}
