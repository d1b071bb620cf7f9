package io.pekkoraft.cluster.formation;

import com.esotericsoftware.kryo.kryo5.KryoException;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import io.pekkoraft.cluster.formation.FormationEvent.Formed;
import io.pekkoraft.cluster.formation.FormationEvent.Promised;
import io.pekkoraft.cluster.formation.FormationEvent.Started;
import io.pekkoraft.cluster.formation.FormationState.Step;
import io.pekkoraft.cluster.formation.MemberList.Entry;
import io.pekkoraft.layout.Fields;
import io.pekkoraft.layout.Frame;
import io.pekkoraft.layout.Limits;
import io.pekkoraft.layout.LogValues;
import io.pekkoraft.layout.MalformedBytesException;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.serialization.SerializerWithStringManifest;

/**
 * Bytes of {@link Statement} and {@link FormationEvent}, version 1. Each is a {@link Frame} with
 * the magic {@code 'F'}; its body starts with a byte that says what it is. Neither the identifier
 * nor a manifest may ever change: journals keep them.
 */
public final class FormationSerializer extends SerializerWithStringManifest {
  private static final int IDENTIFIER = 1_746_203_917;
  private static final String MANIFEST = "formation";
  private static final byte MAGIC = 'F';
  private static final int VERSION = 1;

  private static final byte STATEMENT = 1;
  private static final byte PROMISED = 2;
  private static final byte FORMED = 3;
  private static final byte STARTED = 4;

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
    Output output = new Output(512, -1);
    Frame.begin(output, MAGIC, VERSION);
    if (value instanceof Statement statement) {
      output.writeByte(STATEMENT);
      writeStatement(output, statement);
    } else if (value instanceof Promised promised) {
      output.writeByte(PROMISED);
      writeProposal(output, promised.proposal());
    } else if (value instanceof Formed formed) {
      output.writeByte(FORMED);
      writeProposal(output, formed.proposal());
    } else if (value instanceof Started) {
      output.writeByte(STARTED);
    } else {
      throw new IllegalArgumentException("not a formation message or event: " + value.getClass());
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
      Frame.open(input, "formation record", MAGIC, VERSION, VERSION);
      Object value = read(input);
      Fields.expectEnd(input);
      return value;
    } catch (MalformedBytesException malformed) {
      throw malformed;
    } catch (KryoException | IllegalArgumentException malformed) {
      throw new MalformedBytesException("formation record: " + malformed.getMessage(), malformed);
    }
  }

  private static Object read(Input input) {
    byte type = input.readByte();
    return switch (type) {
      case STATEMENT -> readStatement(input);
      case PROMISED -> new Promised(readProposal(input));
      case FORMED -> new Formed(readProposal(input));
      case STARTED -> new Started();
      default -> throw new MalformedBytesException("no formation record has the type " + type);
    };
  }

  /**
   * Cluster, group, node, incarnation (8 bytes); address; list; step (1 byte), proposal unless NEW;
   * question (1 byte).
   */
  private static void writeStatement(Output output, Statement statement) {
    Identity sender = statement.sender();
    Fields.writeName(output, sender.cluster());
    Fields.writeName(output, sender.group());
    LogValues.writeNode(output, sender.node());
    output.writeLong(sender.incarnation());
    Fields.writeText(output, "address", statement.address(), Limits.MAX_ADDRESS_BYTES);
    List<Entry> entries = statement.list().entries();
    if (entries.size() > Limits.MAX_MEMBERS) {
      throw new MalformedBytesException(entries.size() + " members are too many");
    }
    output.writeByte(entries.size());
    for (Entry entry : entries) {
      LogValues.writeNode(output, entry.id());
      Fields.writeText(output, "address", entry.address(), Limits.MAX_ADDRESS_BYTES);
    }
    output.writeByte(statement.step().code());
    Proposal proposal = statement.state().proposal();
    if (proposal != null) {
      writeProposal(output, proposal);
    }
    Fields.writeBoolean(output, statement.question());
  }

  private static Statement readStatement(Input input) {
    Identity sender =
        new Identity(
            Fields.readName(input),
            Fields.readName(input),
            LogValues.readNode(input),
            input.readLong());
    String address = Fields.readText(input, "address", Limits.MAX_ADDRESS_BYTES);
    int count = input.readByte() & 0xFF;
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      entries.add(
          new Entry(
              LogValues.readNode(input),
              Fields.readText(input, "address", Limits.MAX_ADDRESS_BYTES)));
    }
    Step step = Step.of(input.readByte());
    FormationState state =
        step == Step.NEW ? FormationState.INITIAL : new FormationState(step, readProposal(input));
    return new Statement(
        sender, address, new MemberList(entries), state, Fields.readBoolean(input, "question"));
  }

  private static void writeProposal(Output output, Proposal proposal) {
    LogValues.writeGroup(output, proposal.group());
    LogValues.writeConfiguration(output, proposal.configuration());
  }

  private static Proposal readProposal(Input input) {
    return new Proposal(LogValues.readGroup(input), LogValues.readConfiguration(input));
  }
}
