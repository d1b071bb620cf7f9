package io.pekkoraft.session;

import static io.pekkoraft.coordination.CoordinationLimits.MAX_NAME_CHARACTERS;
import static io.pekkoraft.coordination.CoordinationLimits.MAX_OWNER_BYTES;
import static io.pekkoraft.coordination.CoordinationLimits.MAX_PATH_BYTES;
import static io.pekkoraft.coordination.CoordinationLimits.MAX_SESSION_NAMES;
import static io.pekkoraft.coordination.CoordinationLimits.MAX_SESSION_NAME_BYTES;

import com.esotericsoftware.kryo.kryo5.KryoException;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import io.pekkoraft.coordination.CoordinationLimits;
import io.pekkoraft.coordination.Ping;
import io.pekkoraft.coordination.Pong;
import io.pekkoraft.coordination.Pong.Held;
import io.pekkoraft.coordination.Pong.Refusal;
import io.pekkoraft.coordination.SessionId;
import io.pekkoraft.coordination.Wishes;
import io.pekkoraft.coordination.Wishes.Acquisition;
import io.pekkoraft.coordination.Wishes.Grant;
import io.pekkoraft.coordination.Wishes.Instance;
import io.pekkoraft.layout.Fields;
import io.pekkoraft.layout.Frame;
import io.pekkoraft.layout.MalformedBytesException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.apache.pekko.serialization.SerializerWithStringManifest;

/**
 * Bytes of {@link Ping} and {@link Reply}, version 1: a {@link Frame} with the magic {@code 'S'},
 * whose body starts with a byte that says what it is. {@code docs/format.md} has the fields.
 */
public final class CoordinationSerializer extends SerializerWithStringManifest {
  private static final int IDENTIFIER = 1_746_203_921;
  private static final String MANIFEST = "coordination";
  private static final byte MAGIC = 'S';
  private static final int VERSION = 1;
  private static final byte PING = 1;
  private static final byte REPLY = 2;

  /** A lease of each offered name, and of each that was acquired; both may be held and released. */
  private static final int MAX_GRANTS = 4 * MAX_SESSION_NAMES;

  private static final int MIN_ELEMENT_BYTES = 2;

  @Override
  public int identifier() {
    return IDENTIFIER;
  }

  @Override
  public String manifest(Object value) {
    return MANIFEST;
  }

  /**
   * @throws IllegalArgumentException if {@code value} is of another type, or too large
   */
  @Override
  public byte[] toBinary(Object value) {
    Output output = new Output(256, -1);
    Frame.begin(output, MAGIC, VERSION);
    if (value instanceof Ping ping) {
      output.writeByte(PING);
      writePing(output, ping);
    } else if (value instanceof Reply reply) {
      output.writeByte(REPLY);
      Fields.writeText(output, "address", reply.from(), MAX_SESSION_NAME_BYTES);
      writePong(output, reply.pong());
    } else {
      throw new IllegalArgumentException("not a coordination message: " + value.getClass());
    }
    Frame.seal(output);
    return output.toBytes();
  }

  /**
   * @throws MalformedBytesException if it is not what {@link #toBinary} wrote, or of a newer
   *     version
   */
  @Override
  public Object fromBinary(byte[] bytes, String manifest) {
    try {
      Input input = new Input(bytes);
      Frame.open(input, "coordination message", MAGIC, VERSION, VERSION);
      Object value = read(input);
      Fields.expectEnd(input);
      return value;
    } catch (MalformedBytesException malformed) {
      throw malformed;
    } catch (KryoException | IllegalArgumentException malformed) {
      throw new MalformedBytesException(
          "coordination message: " + malformed.getMessage(), malformed);
    }
  }

  private static Object read(Input input) {
    byte type = input.readByte();
    return switch (type) {
      case PING -> readPing(input);
      case REPLY ->
          new Reply(Fields.readText(input, "address", MAX_SESSION_NAME_BYTES), readPong(input));
      default -> throw new MalformedBytesException("no coordination message has the type " + type);
    };
  }

  private static void writePing(Output output, Ping ping) {
    writeSession(output, ping.session());
    output.writeLong(ping.sentNanos());
    Fields.writeCounter(output, "revision", ping.revision());
    Wishes wishes = ping.wishes();
    Fields.writeBoolean(output, wishes != null);
    if (wishes == null) {
      return;
    }
    String home = ping.session().name();
    writeAll(output, wishes.offers(), CoordinationSerializer::writeName);
    writeAll(output, wishes.released(), CoordinationSerializer::writeGrant);
    writeAll(output, wishes.acting(), (out, instance) -> writeInstance(out, instance, home));
    writeAll(output, wishes.watching(), CoordinationSerializer::writeName);
    writeAll(output, wishes.acquiring(), CoordinationSerializer::writeAcquisition);
    Fields.writeBoolean(output, wishes.leaving());
  }

  private static Ping readPing(Input input) {
    SessionId session = readSession(input);
    long sentNanos = input.readLong();
    long revision = Fields.readCounter(input, "revision");
    if (!Fields.readBoolean(input, "wishes")) {
      return new Ping(session, sentNanos, revision, null);
    }
    String home = session.name();
    Wishes wishes =
        new Wishes(
            readAll(input, CoordinationSerializer::readName),
            readAll(input, CoordinationSerializer::readGrant),
            readAll(input, in -> readInstance(in, home)),
            readAll(input, CoordinationSerializer::readName),
            readAll(input, CoordinationSerializer::readAcquisition),
            Fields.readBoolean(input, "leaving"));
    return new Ping(session, sentNanos, revision, wishes);
  }

  private static void writePong(Output output, Pong pong) {
    writeSession(output, pong.session());
    Fields.writeCounter(output, "term", pong.term());
    Fields.writeCounter(output, "counter", pong.counter());
    output.writeLong(pong.echoNanos());
    Fields.writeCounter(output, "age", pong.provenAgeNanos());
    Fields.writeCounter(output, "lease", pong.leaseNanos());
    Fields.writeCounter(output, "revision", pong.knownRevision());
    writeAll(output, pong.held(), CoordinationSerializer::writeHeld);
    writeAll(output, pong.refused(), CoordinationSerializer::writeRefusal);
    writeAll(output, pong.undecided(), CoordinationSerializer::writeName);
    writeAll(output, pong.instances(), (out, instance) -> writeInstance(out, instance, ""));
  }

  private static Pong readPong(Input input) {
    return new Pong(
        readSession(input),
        Fields.readCounter(input, "term"),
        Fields.readCounter(input, "counter"),
        input.readLong(),
        Fields.readCounter(input, "age"),
        Fields.readCounter(input, "lease"),
        Fields.readCounter(input, "revision"),
        readAll(input, CoordinationSerializer::readHeld),
        readAll(input, CoordinationSerializer::readRefusal),
        readAll(input, CoordinationSerializer::readName),
        readAll(input, in -> readInstance(in, "")));
  }

  // --- elements

  private static void writeHeld(Output output, Held held) {
    writeName(output, held.name());
    Fields.writeCounter(output, "token", held.token());
    Fields.writeText(output, "owner", held.owner(), MAX_OWNER_BYTES);
    Fields.writeCounter(output, "validity", held.validNanos());
    Fields.writeBoolean(output, held.handOver());
  }

  private static Held readHeld(Input input) {
    return new Held(
        readName(input),
        Fields.readCounter(input, "token"),
        Fields.readText(input, "owner", MAX_OWNER_BYTES),
        Fields.readCounter(input, "validity"),
        Fields.readBoolean(input, "hand-over"));
  }

  private static void writeRefusal(Output output, Refusal refusal) {
    writeName(output, refusal.name());
    Fields.writeText(output, "owner", refusal.heldBy(), MAX_OWNER_BYTES);
  }

  private static Refusal readRefusal(Input input) {
    return new Refusal(readName(input), Fields.readText(input, "owner", MAX_OWNER_BYTES));
  }

  private static void writeGrant(Output output, Grant grant) {
    writeName(output, grant.name());
    Fields.writeCounter(output, "token", grant.token());
  }

  private static Grant readGrant(Input input) {
    return new Grant(readName(input), Fields.readCounter(input, "token"));
  }

  private static void writeAcquisition(Output output, Acquisition asked) {
    writeName(output, asked.name());
    Fields.writeText(output, "owner", asked.owner(), MAX_OWNER_BYTES);
    Fields.writeCounter(output, "time to live", asked.timeToLiveNanos());
  }

  private static Acquisition readAcquisition(Input input) {
    return new Acquisition(
        readName(input),
        Fields.readText(input, "owner", MAX_OWNER_BYTES),
        Fields.readCounter(input, "time to live"));
  }

  /** Most instances are at the session itself: its address is left out then. */
  private static void writeInstance(Output output, Instance instance, String home) {
    writeName(output, instance.name());
    Fields.writeCounter(output, "token", instance.token());
    boolean atHome = !home.isEmpty() && instance.path().startsWith(home);
    Fields.writeBoolean(output, atHome);
    String path = atHome ? instance.path().substring(home.length()) : instance.path();
    Fields.writeText(output, "path", path, MAX_SESSION_NAME_BYTES + MAX_PATH_BYTES);
  }

  private static Instance readInstance(Input input, String home) {
    String name = readName(input);
    long token = Fields.readCounter(input, "token");
    boolean atHome = Fields.readBoolean(input, "at home");
    String path = Fields.readText(input, "path", MAX_SESSION_NAME_BYTES + MAX_PATH_BYTES);
    return new Instance(name, token, atHome ? home + path : path);
  }

  private static void writeName(Output output, String name) {
    Fields.writeText(output, "name", name, MAX_NAME_CHARACTERS);
  }

  private static String readName(Input input) {
    return CoordinationLimits.checkName(Fields.readText(input, "name", MAX_NAME_CHARACTERS));
  }

  private static void writeSession(Output output, SessionId session) {
    Fields.writeText(output, "session", session.name(), MAX_SESSION_NAME_BYTES);
    output.writeLong(session.life());
  }

  private static SessionId readSession(Input input) {
    String name = Fields.readText(input, "session", MAX_SESSION_NAME_BYTES);
    return new SessionId(name, input.readLong());
  }

  private static <T> void writeAll(Output output, List<T> all, BiConsumer<Output, T> write) {
    Fields.writeCount(output, "elements", all.size(), MAX_GRANTS);
    all.forEach(one -> write.accept(output, one));
  }

  private static <T> List<T> readAll(Input input, Function<Input, T> read) {
    int count = Fields.readCount(input, "elements", MAX_GRANTS, MIN_ELEMENT_BYTES);
    List<T> all = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      all.add(read.apply(input));
    }
    return all;
  }
}
