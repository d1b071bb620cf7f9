package io.pekkoraft.failover.torture;

import io.pekkoraft.failover.Board;
import io.pekkoraft.failover.Report;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/** What the instances and the resource have reported, collected until it is checked. */
final class Reports {

  /** All that was reported in a round. */
  record Collected(List<Started> started, List<Handled> handled, List<Access> accesses) {}

  private final Board board;
  private List<Started> started = new ArrayList<>();
  private List<Handled> handled = new ArrayList<>();
  private List<Access> accesses = new ArrayList<>();
  private final Map<String, Integer> unknown = new TreeMap<>();
  private long handledCount;
  private long insideCount;
  private int resourcePort;
  private String flushed = "";

  Reports(Board board) {
    this.board = board;
  }

  /** To be called under the board's lock. */
  void hear(Report report) {
    switch (report.kind()) {
      case "started" -> started.add(Started.of(report));
      case "handled" -> {
        handled.add(Handled.of(report));
        handledCount++;
      }
      case "inside" -> insideCount++;
      case "access" -> accesses.add(Access.of(report));
      case "port" -> resourcePort = (int) report.number(0);
      case "flushed" -> flushed = report.text(0);
      default -> unknown.merge(report.kind(), 1, Integer::sum);
    }
  }

  long handledCount() {
    return read(() -> handledCount);
  }

  long insideCount() {
    return read(() -> insideCount);
  }

  private long read(LongSupplier value) {
    long[] result = new long[1];
    board.change(() -> result[0] = value.getAsLong());
    return result[0];
  }

  void awaitHandled(long count, Duration patience) throws InterruptedException {
    await("handled questions", board.await(() -> handledCount >= count, patience));
  }

  void awaitInside(long count, Duration patience) throws InterruptedException {
    await("a handler that stays inside", board.await(() -> insideCount >= count, patience));
  }

  /** Waits until the resource listens, and returns its port. */
  int awaitPort(Duration patience) throws InterruptedException {
    await("a resource", board.await(() -> resourcePort > 0, patience));
    return resourcePort;
  }

  void awaitFlushed(String id, Duration patience) throws InterruptedException {
    await("the resource's reports", board.await(() -> flushed.equals(id), patience));
  }

  private static void await(String what, boolean came) {
    if (!came) {
      throw new IllegalStateException("no " + what + " in time");
    }
  }

  /** Takes all that was reported since it was last called. */
  Collected take() {
    List<Collected> result = new ArrayList<>();
    board.change(
        () -> {
          result.add(new Collected(started, handled, accesses));
          started = new ArrayList<>();
          handled = new ArrayList<>();
          accesses = new ArrayList<>();
        });
    return result.get(0);
  }
}
