package io.pekkoraft.failover;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A {@link SingletonNode} as its starter sees it, through all the processes that it has been. What
 * is read from it is to be read under the {@link Board}'s lock, that is in its conditions, or when
 * the node has nothing more to say.
 */
public final class NodeProcess {
  private final NodeArguments arguments;
  private final List<String> around;
  private final Path log;
  private final Board board;
  private final BiConsumer<NodeProcess, Report> others;

  private @Nullable ChildProcess child;
  private boolean ready;
  private String answeredBy = "";
  private long answeredNanos;
  private String standingId = "";
  private boolean complete;
  private boolean leads;
  private long term;
  private String flushed = "";

  /**
   * @param around see {@link ChildProcess#start}
   * @param others told, under the board's lock, the reports that are not about the node's standing
   */
  public NodeProcess(
      NodeArguments arguments,
      List<String> around,
      Path log,
      Board board,
      BiConsumer<NodeProcess, Report> others) {
    this.arguments = arguments;
    this.around = around;
    this.log = log;
    this.board = board;
    this.others = others;
  }

  public void start() throws IOException {
    board.change(
        () -> {
          ready = false;
          forgetAnswer();
          complete = false;
          leads = false;
        });
    child =
        ChildProcess.start(
            around,
            SingletonNode.class,
            arguments.words(),
            log,
            report -> board.change(() -> hear(report)));
  }

  private void hear(Report report) {
    switch (report.kind()) {
      case "ready" -> ready = true;
      case "answered" -> {
        answeredBy = report.text(0);
        answeredNanos = report.number(1);
      }
      case "standing" -> {
        standingId = report.text(0);
        complete = Boolean.parseBoolean(report.text(1));
        leads = Boolean.parseBoolean(report.text(2));
        term = Math.max(term, report.number(3));
      }
      case "flushed" -> flushed = report.text(0);
      default -> others.accept(this, report);
    }
  }

  boolean started() {
    return child != null;
  }

  /** The present process. */
  public ChildProcess child() {
    return Objects.requireNonNull(child, "not started");
  }

  public void tell(String line) {
    child().tell(line);
  }

  public String id() {
    return arguments.node();
  }

  public boolean ready() {
    return ready;
  }

  /** True if the instance of this name runs, or ran, on this node. */
  public boolean hosts(String instance) {
    return instance.startsWith(id() + "/");
  }

  /** Which instance answered this node's user last; empty if none did since it was forgotten. */
  public String answeredBy() {
    return answeredBy;
  }

  /** When that instance did so for the first time, as {@link System#nanoTime}. */
  public long answeredNanos() {
    return answeredNanos;
  }

  void forgetAnswer() {
    answeredBy = "";
    answeredNanos = 0;
  }

  String standingId() {
    return standingId;
  }

  boolean complete() {
    return complete;
  }

  public boolean leads() {
    return leads;
  }

  /** The highest that it has reported. */
  public long term() {
    return term;
  }

  String flushed() {
    return flushed;
  }
}
