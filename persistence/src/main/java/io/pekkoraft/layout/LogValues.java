package io.pekkoraft.layout;

import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import io.pekkoraft.log.Configuration;
import io.pekkoraft.log.GroupIdentity;
import io.pekkoraft.log.LogPosition;
import io.pekkoraft.log.Member;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.log.SnapshotDescriptor;
import java.util.ArrayList;
import java.util.List;

/** The layout of the log's values; each method's comment gives the fields in their order. */
public final class LogValues {
  private static final int MIN_MEMBER_BYTES = 11;

  private LogValues() {}

  /** Name. */
  public static void writeNode(Output output, NodeId node) {
    Fields.writeName(output, node.value());
  }

  public static NodeId readNode(Input input) {
    return NodeId.of(Fields.readName(input));
  }

  /** Cluster name, group name, incarnation (8 bytes). */
  public static void writeGroup(Output output, GroupIdentity group) {
    Fields.writeName(output, group.cluster());
    Fields.writeName(output, group.group());
    output.writeLong(group.incarnation());
  }

  public static GroupIdentity readGroup(Input input) {
    return new GroupIdentity(Fields.readName(input), Fields.readName(input), input.readLong());
  }

  /** Term, index: counters. */
  public static void writePosition(Output output, LogPosition position) {
    Fields.writeCounter(output, "term", position.term());
    Fields.writeCounter(output, "index", position.index());
  }

  public static LogPosition readPosition(Input input) {
    long term = Fields.readCounter(input, "term");
    return new LogPosition(term, Fields.readCounter(input, "index"));
  }

  /** Count of voters; for each its name, incarnation (8 bytes) and address. */
  public static void writeConfiguration(Output output, Configuration configuration) {
    List<Member> voters = configuration.voters();
    Fields.writeCount(output, "members", voters.size(), Limits.MAX_MEMBERS);
    for (Member voter : voters) {
      Fields.writeName(output, voter.id().value());
      output.writeLong(voter.incarnation());
      Fields.writeText(output, "address", voter.address(), Limits.MAX_ADDRESS_BYTES);
    }
  }

  public static Configuration readConfiguration(Input input) {
    int count = Fields.readCount(input, "members", Limits.MAX_MEMBERS, MIN_MEMBER_BYTES);
    List<Member> voters = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      NodeId id = readNode(input);
      long incarnation = input.readLong();
      String address = Fields.readText(input, "address", Limits.MAX_ADDRESS_BYTES);
      voters.add(new Member(id, incarnation, address));
    }
    return new Configuration(voters);
  }

  /** Position, chain hash (8 bytes), configuration, file name, length (counter), content hash. */
  public static void writeSnapshot(Output output, SnapshotDescriptor snapshot) {
    writePosition(output, snapshot.position());
    output.writeLong(snapshot.chainHash());
    writeConfiguration(output, snapshot.configuration());
    Fields.writeText(output, "file name", snapshot.file(), Limits.MAX_FILE_NAME_BYTES);
    Fields.writeCounter(output, "snapshot length", snapshot.length());
    Fields.writeText(output, "content hash", snapshot.contentHash(), Limits.MAX_CONTENT_HASH_BYTES);
  }

  public static SnapshotDescriptor readSnapshot(Input input) {
    LogPosition position = readPosition(input);
    long chainHash = input.readLong();
    Configuration configuration = readConfiguration(input);
    String file = Fields.readText(input, "file name", Limits.MAX_FILE_NAME_BYTES);
    long length = Fields.readCounter(input, "snapshot length");
    String contentHash = Fields.readText(input, "content hash", Limits.MAX_CONTENT_HASH_BYTES);
    return new SnapshotDescriptor(position, chainHash, configuration, file, length, contentHash);
  }
}
