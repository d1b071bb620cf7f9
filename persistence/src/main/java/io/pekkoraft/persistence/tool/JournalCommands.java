package io.pekkoraft.persistence.tool;

import io.pekkoraft.persistence.file.Storage;
import io.pekkoraft.persistence.wal.LogInspection;
import io.pekkoraft.persistence.wal.TornTail;
import io.pekkoraft.persistence.wal.UnsupportedWalVersionException;
import io.pekkoraft.persistence.wal.WalDamagedException;
import io.pekkoraft.persistence.wal.WalException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;

/** The commands on a write-ahead log. */
final class JournalCommands {
  private static final String STORE_FILE = "store";

  private final Path directory;
  private final LogInspection log;
  private final PrintStream out;
  private final PrintStream err;

  /**
   * @param out for what was asked for
   * @param err for what is wrong
   */
  JournalCommands(Path directory, Storage storage, PrintStream out, PrintStream err) {
    this.directory = directory;
    this.log = LogInspection.of(storage);
    this.out = out;
    this.err = err;
  }

  boolean isApplicable() throws IOException {
    return log.isLog();
  }

  /**
   * @throws WalException if the log is of a later version, or is none
   */
  int run(String command) throws IOException {
    try {
      return switch (command) {
        case "dump" -> dump();
        case "stats" -> stats();
        case "repair" -> repair();
        default -> verify();
      };
    } catch (WalDamagedException damage) {
      out.flush();
      return report(damage, command.equals("dump"));
    }
  }

  /** Says all that is damaged, what a start would make of it, and what helps. */
  private int report(WalDamagedException met, boolean dumped) throws IOException {
    try {
      LogInspection.Salvage salvage = log.salvage(met);
      salvage.damage().forEach(this::print);
      if (salvage.lost().isEmpty()) {
        err.println(
            "  No event is lost by it: the next start goes on with all of them, and keeps the"
                + " damaged file under a name that ends in .damaged. Look after the disk.");
      } else {
        explain(salvage, dumped);
      }
    } catch (WalException refused) {
      print(met);
      err.println(
          "  No start opens such a log. "
              + (met.file().equals(STORE_FILE)
                  ? "That file says whose the segments are, and never changes: put it back from a"
                      + " copy of this directory"
                  : "Put the files back from where they were moved to")
              + ". The others have what it acknowledged, and go on without it; this version cannot"
              + " admit a member anew.");
    }
    return LogTool.DAMAGED;
  }

  private void explain(LogInspection.Salvage salvage, boolean dumped) {
    err.println(
        "  The next start serves what is whole, and refuses those of whom events may be lost"
            + " (NEEDS_REPAIR):");
    salvage.lost().forEach((id, lost) -> err.printf("    %s of %s%n", lost, owner(id)));
    err.println(
        "  They take no part until their events are put back from another member; meanwhile the"
            + " others go on without them (this version cannot admit a member anew). Copy the"
            + " directory before anything else. A file that is missing or was cut can be put back,"
            + " but only before the next start, which writes down what is lost."
            + (dumped ? "" : " What can still be read: log-tool dump " + directory));
  }

  private void print(WalDamagedException damage) {
    err.printf(
        "log-tool: log [%s] is damaged: file [%s], offset %d: %s%n",
        directory, directory.resolve(damage.file()), damage.offset(), damage.reason());
  }

  private static String owner(String id) {
    return id.isEmpty() ? "ids that the log does not know" : "[" + id + "]";
  }

  private int verify() throws IOException {
    LogInspection.Contents contents = log.verify();
    long events = contents.ids().stream().mapToLong(LogInspection.PersistenceId::events).sum();
    out.printf(
        "log [%s]: %d segments, %d persistence ids, %d live events, no damage in the files%n",
        directory, contents.segments().size(), contents.ids().size(), events);
    for (String name : contents.leftOvers()) {
      out.printf("  [%s] is a left-over, which the next start deletes%n", name);
    }
    return judge(contents, out);
  }

  /** Says to {@code told} what is not as it should be, and returns the exit code. */
  private int judge(LogInspection.Contents contents, PrintStream told) {
    out.flush();
    contents
        .lost()
        .forEach(
            (id, lost) ->
                told.printf(
                    "  lost to damage that was met before: %s of %s. Who needs them is refused"
                        + " (NEEDS_REPAIR) until they are put back from another member%n",
                    lost, owner(id)));
    TornTail tail = contents.tornTail();
    if (tail != null) {
      told.printf(
          "  file [%s], offset %d: the last batch, up to %d bytes, was not completely written; it"
              + " was never acknowledged. The next start cuts it off, and so does: log-tool repair"
              + " --torn-tail %s%n",
          directory.resolve(tail.file()), tail.offset(), tail.bytes(), directory);
    }
    if (!contents.lost().isEmpty()) {
      return LogTool.DAMAGED;
    }
    return tail == null ? LogTool.OK : LogTool.TORN;
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
    return judge(contents, err);
  }

  /** Shows what can be read, then says with the exit code whether all is well. */
  private int dump() throws IOException {
    log.visit(new Lines());
    return judge(log.verify(), err);
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
