package io.pekkoraft.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pekkoraft.api.Outcome;
import io.pekkoraft.layout.MalformedBytesException;
import io.pekkoraft.layout.UnsupportedVersionException;
import io.pekkoraft.log.ChainHash;
import io.pekkoraft.log.Configuration;
import io.pekkoraft.log.EntrySlice;
import io.pekkoraft.log.GroupIdentity;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.LogPosition;
import io.pekkoraft.log.Member;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.log.SnapshotDescriptor;
import io.pekkoraft.message.Bytes;
import io.pekkoraft.message.Header;
import io.pekkoraft.message.NodeCommand;
import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.message.PeerMessage;
import io.pekkoraft.message.PeerMessage.AppendEntries;
import io.pekkoraft.message.PeerMessage.ForwardReply;
import io.pekkoraft.message.PeerMessage.Heartbeat;
import io.pekkoraft.message.VoteVerdict;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EnvelopeSerializerTest {
  static final String MANIFEST = "R";
  static final Header HEADER =
      new Header(
          new GroupIdentity("shop", "orders", 0x0102030405060708L),
          NodeId.of("node-1"),
          0x1111,
          -2,
          NodeId.of("node-2"),
          0x2222,
          Header.UNKNOWN_LIFE);

  private final EnvelopeSerializer serializer = new EnvelopeSerializer();

  @Test
  void every_type_of_message_and_of_outcome_is_read_as_it_was_written() {
    Set<Class<?>> types = new LinkedHashSet<>();
    for (long seed = 0; seed < 300; seed++) {
      RandomMessages messages = new RandomMessages(seed);
      for (int type = 0; type < messages.types(); type++) {
        Envelope sent = messages.envelope(type);
        types.add(sent.message().getClass());
        assertThat(read(serializer.toBinary(sent))).isEqualTo(sent);
        assertThat(throughBuffer(sent, ByteBuffer.allocateDirect(4096))).isEqualTo(sent);
        assertThat(throughBuffer(sent, ByteBuffer.allocate(4096))).isEqualTo(sent);
      }
    }
    assertThat(types).containsExactlyInAnyOrder(PeerMessage.class.getPermittedSubclasses());
  }

  @Test
  void every_type_of_outcome_has_a_number_of_its_own() {
    Set<Integer> numbers = new LinkedHashSet<>();
    for (Class<?> outcome : Outcome.class.getPermittedSubclasses()) {
      numbers.add(WireTypes.newKryo().getRegistration(outcome).getId());
    }

    assertThat(numbers).hasSameSizeAs(Outcome.class.getPermittedSubclasses());
  }

  @Test
  void a_result_is_read_as_it_was_written() {
    // Apart from the others, because results are not compared by content.
    Outcome.Committed sent = new Outcome.Committed(12, new byte[] {1, 2, 3});
    Envelope read =
        (Envelope) read(serializer.toBinary(new Envelope(HEADER, new ForwardReply(3, 9, sent))));

    Outcome.Committed result = (Outcome.Committed) ((ForwardReply) read.message()).outcome();
    assertThat(result.index()).isEqualTo(12);
    assertThat(result.result()).containsExactly(1, 2, 3);
  }

  @Test
  void the_bytes_are_those_of_version_1_for_good() throws IOException {
    List<String> written = new ArrayList<>();
    examples()
        .forEach(
            (name, message) ->
                written.add(
                    name
                        + " "
                        + HexFormat.of()
                            .formatHex(serializer.toBinary(new Envelope(HEADER, message)))));

    assertThat(written).isEqualTo(golden());
  }

  @Test
  void the_bytes_of_version_1_stay_readable() throws IOException {
    List<PeerMessage> read = new ArrayList<>();
    for (String line : golden()) {
      byte[] frame = HexFormat.of().parseHex(line.substring(line.indexOf(' ') + 1));
      read.add(((Envelope) read(frame)).message());
    }

    assertThat(read).isEqualTo(List.copyOf(examples().values()));
  }

  @Test
  void a_heartbeat_is_small() {
    Heartbeat heartbeat = new Heartbeat(1_000, 100_000_000, 123_456_789_012_345L, 0);

    assertThat(serializer.toBinary(new Envelope(HEADER, heartbeat)).length).isLessThan(100);
  }

  @Test
  void a_header_that_comes_again_is_not_built_again() {
    byte[] frame = serializer.toBinary(new Envelope(HEADER, new PeerMessage.OtherLife(1)));

    Header first = ((Envelope) read(frame)).header();
    assertThat(((Envelope) read(frame)).header()).isSameAs(first);
  }

  @Test
  void another_version_is_refused_with_the_supported_range() {
    byte[] frame = serializer.toBinary(new Envelope(HEADER, new PeerMessage.OtherLife(1)));
    frame[1] = 3;

    assertThatThrownBy(() -> read(frame))
        .isInstanceOf(UnsupportedVersionException.class)
        .hasMessageContaining("format version 3")
        .hasMessageContaining("reads only 1");
  }

  @Test
  void what_is_not_in_the_list_cannot_be_sent() {
    assertThatThrownBy(() -> serializer.toBinary("text"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> serializer.toBinary(new NodeCommand.Persisted(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("NodeCommand$Persisted");
  }

  @Test
  void what_could_not_be_read_again_is_not_sent() {
    refusesToWrite(new Heartbeat(1L << 62, 0, 0, 0));
    refusesToWrite(new Heartbeat(1, -1, 0, 0));
    LogEntry entry = LogEntry.following(5, 1, 1, LogEntry.Kind.NO_OP, new byte[0]);
    refusesToWrite(
        new AppendEntries(1, new EntrySlice(LogPosition.ZERO, 6, List.of(entry)), 0, 0, 0));
    List<Member> crowd = new ArrayList<>();
    for (int i = 0; i < 256; i++) {
      crowd.add(new Member(NodeId.of("n" + i), i, "x"));
    }
    refusesToWrite(install(new Configuration(crowd), "f"));
    refusesToWrite(install(configuration("x".repeat(513)), "f"));
    refusesToWrite(install(configuration("x"), "f".repeat(256)));
  }

  @Test
  void after_a_refusal_the_next_message_goes_through() {
    refusesToWrite(new Heartbeat(-1, 0, 0, 0));
    Envelope sent = new Envelope(HEADER, new Heartbeat(1, 0, 0, 0));

    assertThat(read(serializer.toBinary(sent))).isEqualTo(sent);
  }

  @Test
  void a_reason_that_is_too_long_is_cut() {
    Outcome.Rejected sent = new Outcome.Rejected("é".repeat(9_000));
    Envelope read =
        (Envelope) read(serializer.toBinary(new Envelope(HEADER, new ForwardReply(1, 1, sent))));

    Outcome.Rejected outcome = (Outcome.Rejected) ((ForwardReply) read.message()).outcome();
    assertThat(sent.reason()).startsWith(outcome.reason());
    assertThat(outcome.reason()).hasSizeGreaterThan(1_000);
  }

  @Test
  void another_manifest_is_refused() {
    byte[] frame = serializer.toBinary(new Envelope(HEADER, new PeerMessage.OtherLife(1)));

    assertThatThrownBy(() -> serializer.fromBinary(frame, "java.lang.Runtime"))
        .isInstanceOf(MalformedBytesException.class);
  }

  private void refusesToWrite(PeerMessage message) {
    assertThatThrownBy(() -> serializer.toBinary(new Envelope(HEADER, message)))
        .isInstanceOf(MalformedBytesException.class);
  }

  private Object read(byte[] frame) {
    return serializer.fromBinary(frame, MANIFEST);
  }

  private Object throughBuffer(Envelope sent, ByteBuffer buffer) {
    buffer.position(9);
    serializer.toBinary(sent, buffer);
    buffer.flip().position(9);
    Object read = serializer.fromBinary(buffer.asReadOnlyBuffer(), MANIFEST);
    assertThat(serializer.fromBinary(buffer, MANIFEST)).isEqualTo(read);
    assertThat(buffer.remaining()).isZero();
    return read;
  }

  private static Map<String, PeerMessage> examples() {
    Map<String, PeerMessage> examples = new LinkedHashMap<>();
    examples.put("pre-vote-request", new PeerMessage.PreVoteRequest(8, 3, new LogPosition(7, 300)));
    examples.put("pre-vote-reply", new PeerMessage.PreVoteReply(8, 3, VoteVerdict.HOLD_OFF));
    examples.put("vote-request", new PeerMessage.VoteRequest(8, new LogPosition(7, 300), 0));
    examples.put(
        "vote-request-by-transfer", new PeerMessage.VoteRequest(8, new LogPosition(7, 300), 5));
    examples.put("timeout-now", new PeerMessage.TimeoutNow(8, 5, new LogPosition(7, 300)));
    examples.put("vote-reply", new PeerMessage.VoteReply(8, VoteVerdict.LOG_BEHIND));
    examples.put("other-life", new PeerMessage.OtherLife(8));
    examples.put("heartbeat", new Heartbeat(8, 300, -5, 0));
    examples.put("heartbeat-in-transfer", new Heartbeat(8, 300, -5, 5));
    examples.put("heartbeat-reply", new PeerMessage.HeartbeatReply(8, -5, 299, 301));
    examples.put("append", new AppendEntries(8, slice(), 300, -5, 5));
    examples.put(
        "probe", new AppendEntries(8, new EntrySlice(LogPosition.ZERO, 0, List.of()), 0, -5, 0));
    examples.put("append-reply", new PeerMessage.AppendReply(8, -5, true, 300, 302, 0));
    examples.put("append-refusal", new PeerMessage.AppendReply(8, -5, false, 300, 200, 6));
    examples.put("install", install(configuration("pekko://shop@10.0.0.1:7355"), "300-7.snapshot"));
    examples.put("install-reply", new PeerMessage.InstallSnapshotReply(8, -5, 300, 4096, true));
    examples.put(
        "forward-proposal", new PeerMessage.ForwardProposal(8, 17, new Bytes(ascii("put x 1"))));
    List<Outcome> outcomes =
        List.of(
            new Outcome.NotLeader(NodeId.of("node-3")),
            new Outcome.NotLeader(null),
            new Outcome.NoLeader("none"),
            new Outcome.Overloaded(Duration.ofMillis(1500)),
            new Outcome.Indeterminate("lost"),
            new Outcome.Rejected("no"),
            new Outcome.TooLarge(1 << 20),
            new Outcome.MemberFailed("disk"),
            new Outcome.TimedOut(Duration.ofSeconds(3)));
    for (Outcome outcome : outcomes) {
      examples.put("forward-reply-" + examples.size(), new ForwardReply(8, 17, outcome));
    }
    return examples;
  }

  private static EntrySlice slice() {
    LogEntry one = LogEntry.following(0x99, 301, 7, LogEntry.Kind.COMMAND, ascii("put x 1"));
    LogEntry two = LogEntry.following(one.hash(), 302, 8, LogEntry.Kind.NO_OP, new byte[0]);
    return new EntrySlice(new LogPosition(7, 300), 0x99, List.of(one, two));
  }

  private static PeerMessage install(Configuration configuration, String file) {
    SnapshotDescriptor snapshot =
        new SnapshotDescriptor(
            new LogPosition(7, 300), ChainHash.EMPTY, configuration, file, 5000, "00ffabcd");
    return new PeerMessage.InstallSnapshot(8, snapshot, 4096, new Bytes(ascii("part")), -5, 300);
  }

  private static Configuration configuration(String address) {
    return new Configuration(List.of(new Member(NodeId.of("node-1"), 0x1111, address)));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Lines of a name and the bytes in hexadecimal. */
  private static List<String> golden() throws IOException {
    try (InputStream in = EnvelopeSerializerTest.class.getResourceAsStream("wire-v1.golden")) {
      byte[] lines = Objects.requireNonNull(in).readAllBytes();
      return new String(lines, StandardCharsets.US_ASCII).lines().toList();
    }
  }
}
