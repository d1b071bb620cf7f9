package io.pekkoraft.coordination;

import io.pekkoraft.api.StateMachine;
import io.pekkoraft.coordination.TableCommand.Assign;
import io.pekkoraft.coordination.TableResult.Status;
import io.pekkoraft.layout.Limits;
import io.pekkoraft.layout.MalformedBytesException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which session holds which name, the same on all members. Whether a session may be given a name,
 * or be deprived of it, is not for the table to know: {@link Grants} decides it, and this only sees
 * to it that of two contradicting decisions one takes effect.
 *
 * <p>Applied by one actor; {@link #view} may be asked by any thread meanwhile.
 */
public final class CoordinationTable implements StateMachine {
  private final Object lock = new Object();
  private NavigableMap<String, TableEntry> entries = new TreeMap<>();
  private long appliedIndex;

  /** Made when somebody asks: a member that catches up would make one per command in vain. */
  private @Nullable TableView view;

  /** At least as new as the last command that anybody was told the result of. */
  public TableView view() {
    synchronized (lock) {
      TableView present = view;
      if (present == null) {
        present = new TableView(entries, appliedIndex);
        view = present;
      }
      return present;
    }
  }

  /**
   * Bytes that are no command are refused on every member alike: whoever can propose must not be
   * able to stop the group. A newer version of a command is not written before all members know it.
   *
   * @return a {@link TableResult}
   */
  @Override
  public byte[] apply(long index, byte[] bytes) {
    synchronized (lock) {
      appliedIndex = index;
      view = null;
      return TableLayout.result(apply(index, decode(bytes)));
    }
  }

  private static @Nullable TableCommand decode(byte[] bytes) {
    try {
      return TableLayout.command(bytes);
    } catch (MalformedBytesException malformed) {
      return null;
    }
  }

  private TableResult apply(long index, @Nullable TableCommand command) {
    if (command == null) {
      return new TableResult(Status.MALFORMED, 0);
    }
    TableEntry present = entries.get(command.name());
    long token = present == null ? 0 : present.token();
    if (token != command.expectedToken()) {
      return new TableResult(Status.OTHER_TOKEN, token);
    }
    if (!(command instanceof Assign assign)) {
      entries.remove(command.name());
      return new TableResult(Status.DONE, 0);
    }
    if (present == null && entries.size() >= CoordinationLimits.MAX_TABLE_NAMES) {
      return new TableResult(Status.FULL, 0);
    }
    entries.put(
        assign.name(),
        new TableEntry(
            assign.name(), index, assign.holder(), assign.owner(), assign.timeToLiveNanos()));
    return new TableResult(Status.DONE, index);
  }

  @Override
  public void writeSnapshot(OutputStream out) throws IOException {
    out.write(TableLayout.snapshot(view()));
  }

  @Override
  public void restore(InputStream in) throws IOException {
    TableView restored;
    try {
      restored = TableLayout.snapshot(in.readNBytes(Limits.MAX_FRAME_BYTES));
    } catch (MalformedBytesException malformed) {
      throw new IOException(malformed.getMessage(), malformed);
    }
    NavigableMap<String, TableEntry> fresh = new TreeMap<>();
    restored.entries().forEach(entry -> fresh.put(entry.name(), entry));
    synchronized (lock) {
      entries = fresh;
      appliedIndex = restored.appliedIndex();
      view = restored;
    }
  }
}
