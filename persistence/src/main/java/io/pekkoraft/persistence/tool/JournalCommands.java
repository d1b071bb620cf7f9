package io.pekkoraft.persistence.tool;

import io.pekkoraft.persistence.file.Storage;
import io.pekkoraft.persistence.wal.LogInspection;
import io.pekkoraft.persistence.wal.TornTail;
import io.pekkoraft.persistence.wal.UnsupportedWalVersionException;
import io.pekkoraft.persistence.wal.WalException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The commands on a write-ahead log. */
final class JournalCommands {
  private final Path directory;
  private final LogInspection log;
  private final PrintStream out;

  JournalCommands(Path directory, Storage storage, PrintStream out) {
    this.directory = directory;
    this.log = LogInspection.of(storage);
    this.out = out;
  }

  boolean isApplicable() throws IOException {
    return log.isLog();
  }

  /**
   * @throws WalException if the log is damaged, or of a later version
   */
  int run(String command) throws IOException {
    return switch (command) {
      case "dump" -> dump();
      case "stats" -> stats();
      case "repair" -> repair();
      default -> verify();
    };
  }

  private int verify() throws IOException {
    LogInspection.Contents contents = log.verify();
    long events = contents.ids().stream().mapToLong(LogInspection.PersistenceId::events).sum();
    out.printf(
        "log [%s]: %d segments, %d persistence ids, %d live events, no damage in the files%n",
        directory, contents.segments().size(), contents.ids().size(), events);
    contents
        .lost()
        .forEach(
            (id, lost) ->
                out.printf(
                    "  lost to damage that was met before: %s of %s. Who needs them is refused"
                        + " (NEEDS_REPAIR) until they are put back from another member%n",
                    lost, id.isEmpty() ? "ids that the log does not know" : "[" + id + "]"));
    for (String name : contents.leftOvers()) {
      out.printf("  [%s] is a left-over, which the next start deletes%n", name);
    }
    int torn = torn(contents.tornTail());
    return contents.lost().isEmpty() ? torn : LogTool.DAMAGED;
  }

  private int torn(@Nullable TornTail tail) {
    if (tail == null) {
      return LogTool.OK;
    }
    out.printf(
        "  file [%s], offset %d: the last batch, up to %d bytes, was not completely written; it was"
            + " never acknowledged. The next start cuts it off, and so does: log-tool repair"
            + " --torn-tail %s%n",
        tail.file(), tail.offset(), tail.bytes(), directory);
    return LogTool.TORN;
  }

  private int stats() throws IOException {
    LogInspection.Contents contents = log.verify();
    for (LogInspection.Segment segment : contents.segments()) {
      out.println(
          new JsonLine()
              .with("segment", segment.file())
              .with("bytes", segment.bytes())
              .with("liveEvents", segment.liveEvents()));
    }
    for (LogInspection.PersistenceId id : contents.ids()) {
      out.println(
          new JsonLine()
              .with("persistenceId", id.id())
              .with("highest", id.highest())
              .with("deletedTo", id.deletedTo())
              .with("events", id.events())
              .with("bytes", id.bytes()));
    }
    return contents.tornTail() == null ? LogTool.OK : LogTool.TORN;
  }

  /** Shows what can be read, then says with the exit code whether all is well. */
  private int dump() throws IOException {
    log.visit(new Lines());
    return log.verify().tornTail() == null ? LogTool.OK : LogTool.TORN;
  }

  private final class Lines implements LogInspection.Visitor {
    @Override
    public void batch(LogInspection.Batch batch) {
      out.println(
          new JsonLine()
              .with("file", batch.file())
              .with("offset", batch.offset())
              .with("batch", batch.number())
              .with("kind", batch.kind())
              .with("bytes", batch.bytes())
              .with("records", batch.records()));
    }

    @Override
    public void record(LogInspection.Entry entry) {
      JsonLine line =
          new JsonLine()
              .with("file", entry.file())
              .with("offset", entry.offset())
              .with("type", entry.type());
      switch (entry.type()) {
        case "event", "copied event" -> {
          line.with("persistenceId", entry.persistenceId())
              .with("sequenceNr", entry.sequenceNr())
              .with("timestamp", entry.timestamp())
              .with("writer", entry.writerUuid());
          if (!entry.tags().isEmpty()) {
            line.with("tags", entry.tags());
          }
          StoredEvents.describe(entry.serializerId(), entry.manifest(), entry.payload(), line);
        }
        case "deletion" ->
            line.with("persistenceId", entry.persistenceId()).with("deletedTo", entry.sequenceNr());
        case "catalogue" ->
            line.with("persistenceId", entry.persistenceId())
                .with("highest", entry.sequenceNr())
                .with("deletedTo", entry.timestamp());
        case "lost" -> {
          line.with("persistenceId", entry.persistenceId()).with("from", entry.sequenceNr());
          if (entry.timestamp() != Long.MAX_VALUE) {
            line.with("to", entry.timestamp());
          }
        }
        case "nothing lost above" ->
            line.with("persistenceId", entry.persistenceId()).with("above", entry.sequenceNr());
        default -> line.with("segment", entry.sequenceNr());
      }
      out.println(line);
    }

    @Override
    public void unreadable(WalException problem) {
      boolean newer = problem instanceof UnsupportedWalVersionException;
      out.println(
          new JsonLine().with(newer ? "newer" : "damage", String.valueOf(problem.getMessage())));
    }
  }

  private int repair() throws IOException {
    TornTail tail = log.verify().tornTail();
    if (tail == null) {
      out.printf("log [%s]: no torn batch, nothing to repair%n", directory);
      return LogTool.OK;
    }
    log.cutOffTornTail();
    out.printf(
        "log [%s]: cut off the torn batch of file [%s], offset %d%n",
        directory, tail.file(), tail.offset());
    return LogTool.OK;
  }
}
