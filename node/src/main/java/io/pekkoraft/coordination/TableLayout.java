package io.pekkoraft.coordination;

import com.esotericsoftware.kryo.kryo5.KryoException;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import io.pekkoraft.coordination.TableCommand.Assign;
import io.pekkoraft.coordination.TableCommand.Remove;
import io.pekkoraft.layout.Fields;
import io.pekkoraft.layout.Frame;
import io.pekkoraft.layout.MalformedBytesException;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Bytes of the table's commands, results and snapshots, version 1; {@code docs/format.md} has the
 * fields. Commands and snapshots are in the logs and files of members: what is written once stays
 * readable.
 */
final class TableLayout {
  private static final byte COMMAND_MAGIC = 'C';
  private static final byte RESULT_MAGIC = 'A';
  private static final byte SNAPSHOT_MAGIC = 'T';
  private static final int VERSION = 1;
  private static final byte ASSIGN = 1;
  private static final byte REMOVE = 2;
  private static final int MIN_ENTRY_BYTES = 13;

  private TableLayout() {}

  static byte[] command(TableCommand command) {
    Output output = new Output(256, -1);
    Frame.begin(output, COMMAND_MAGIC, VERSION);
    if (command instanceof Assign assign) {
      output.writeByte(ASSIGN);
      writeName(output, assign.name());
      Fields.writeCounter(output, "token", assign.expectedToken());
      writeSession(output, assign.holder());
      Fields.writeText(output, "owner", assign.owner(), CoordinationLimits.MAX_OWNER_BYTES);
      Fields.writeCounter(output, "time to live", assign.timeToLiveNanos());
    } else {
      output.writeByte(REMOVE);
      writeName(output, command.name());
      Fields.writeCounter(output, "token", command.expectedToken());
    }
    Frame.seal(output);
    return output.toBytes();
  }

  /**
   * @throws MalformedBytesException if it is no command of this version
   */
  static TableCommand command(byte[] bytes) {
    return read(bytes, "coordination command", COMMAND_MAGIC, TableLayout::readCommand);
  }

  private static TableCommand readCommand(Input input) {
    byte type = input.readByte();
    if (type != ASSIGN && type != REMOVE) {
      throw new MalformedBytesException("no coordination command has the type " + type);
    }
    String name = readName(input);
    long expectedToken = Fields.readCounter(input, "token");
    if (type == REMOVE) {
      return new Remove(name, expectedToken);
    }
    SessionId holder = readSession(input);
    String owner = readText(input, "owner", CoordinationLimits.MAX_OWNER_BYTES);
    return new Assign(
        name, expectedToken, holder, owner, Fields.readCounter(input, "time to live"));
  }

  static byte[] result(TableResult result) {
    Output output = new Output(16, -1);
    Frame.begin(output, RESULT_MAGIC, VERSION);
    output.writeByte(result.status().code());
    Fields.writeCounter(output, "token", result.token());
    Frame.seal(output);
    return output.toBytes();
  }

  static TableResult result(byte[] bytes) {
    return read(bytes, "coordination result", RESULT_MAGIC, TableLayout::readResult);
  }

  private static TableResult readResult(Input input) {
    TableResult.Status status = TableResult.Status.of(input.readByte());
    return new TableResult(status, Fields.readCounter(input, "token"));
  }

  static byte[] snapshot(TableView view) {
    Output output = new Output(4096, -1);
    Frame.begin(output, SNAPSHOT_MAGIC, VERSION);
    Fields.writeCounter(output, "index", view.appliedIndex());
    Fields.writeCount(output, "names", view.entries().size(), CoordinationLimits.MAX_TABLE_NAMES);
    for (TableEntry entry : view.entries()) {
      writeName(output, entry.name());
      Fields.writeCounter(output, "token", entry.token());
      writeSession(output, entry.holder());
      Fields.writeText(output, "owner", entry.owner(), CoordinationLimits.MAX_OWNER_BYTES);
      Fields.writeCounter(output, "time to live", entry.timeToLiveNanos());
    }
    Frame.seal(output);
    return output.toBytes();
  }

  static TableView snapshot(byte[] bytes) {
    return read(bytes, "coordination snapshot", SNAPSHOT_MAGIC, TableLayout::readSnapshot);
  }

  private static TableView readSnapshot(Input input) {
    long appliedIndex = Fields.readCounter(input, "index");
    int count =
        Fields.readCount(input, "names", CoordinationLimits.MAX_TABLE_NAMES, MIN_ENTRY_BYTES);
    NavigableMap<String, TableEntry> entries = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      String name = CoordinationLimits.checkName(readName(input));
      long token = Fields.readCounter(input, "token");
      SessionId holder = readSession(input);
      String owner = readText(input, "owner", CoordinationLimits.MAX_OWNER_BYTES);
      long timeToLive = Fields.readCounter(input, "time to live");
      if (entries.put(name, new TableEntry(name, token, holder, owner, timeToLive)) != null) {
        throw new MalformedBytesException("the name '" + name + "' is there twice");
      }
    }
    return new TableView(entries, appliedIndex);
  }

  private static void writeName(Output output, String name) {
    Fields.writeText(output, "name", name, CoordinationLimits.MAX_NAME_CHARACTERS);
  }

  private static String readName(Input input) {
    return readText(input, "name", CoordinationLimits.MAX_NAME_CHARACTERS);
  }

  private static void writeSession(Output output, SessionId session) {
    Fields.writeText(output, "session", session.name(), CoordinationLimits.MAX_SESSION_NAME_BYTES);
    output.writeLong(session.life());
  }

  private static SessionId readSession(Input input) {
    String name = readText(input, "session", CoordinationLimits.MAX_SESSION_NAME_BYTES);
    return new SessionId(name, input.readLong());
  }

  /** What is not UTF-8 would take more bytes when it is written again, perhaps too many. */
  private static String readText(Input input, String what, int maxBytes) {
    String text = Fields.readText(input, what, maxBytes);
    if (text.indexOf(CoordinationLimits.NOT_UTF_8) >= 0) {
      throw new MalformedBytesException(what + " is not UTF-8");
    }
    return text;
  }

  private static <T> T read(byte[] bytes, String what, byte magic, Function<Input, T> body) {
    try {
      Input input = new Input(bytes);
      Frame.open(input, what, magic, VERSION, VERSION);
      T value = body.apply(input);
      Fields.expectEnd(input);
      return value;
    } catch (MalformedBytesException malformed) {
      throw malformed;
    } catch (KryoException | IllegalArgumentException malformed) {
      throw new MalformedBytesException(what + ": " + malformed.getMessage(), malformed);
    }
  }
}
