package io.pekkoraft.codec;

import io.pekkoraft.api.Outcome;
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
import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.message.PeerMessage;
import io.pekkoraft.message.VoteVerdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/** Messages of every type, drawn from a seed. */
final class RandomMessages {
  private static final long LIMIT = 1L << 62;
  private final Random random;

  /** One maker for each type of message; a forwarded reply has one for each outcome. */
  private final List<Supplier<PeerMessage>> makers;

  RandomMessages(long seed) {
    random = new Random(seed);
    makers = new ArrayList<>();
    makers.add(() -> new PeerMessage.PreVoteRequest(counter(), counter(), position()));
    makers.add(() -> new PeerMessage.PreVoteReply(counter(), counter(), verdict()));
    makers.add(() -> new PeerMessage.VoteRequest(counter(), position(), counter()));
    makers.add(() -> new PeerMessage.VoteReply(counter(), verdict()));
    makers.add(() -> new PeerMessage.OtherLife(counter()));
    makers.add(() -> new PeerMessage.TimeoutNow(counter(), counter(), position()));
    makers.add(() -> new PeerMessage.Heartbeat(counter(), counter(), random.nextLong(), counter()));
    makers.add(
        () -> new PeerMessage.HeartbeatReply(counter(), random.nextLong(), counter(), counter()));
    makers.add(
        () ->
            new PeerMessage.AppendEntries(
                counter(), slice(), counter(), random.nextLong(), counter()));
    makers.add(
        () ->
            new PeerMessage.AppendReply(
                counter(),
                random.nextLong(),
                random.nextBoolean(),
                counter(),
                counter(),
                counter()));
    makers.add(
        () ->
            new PeerMessage.InstallSnapshot(
                counter(), snapshot(), counter(), bytes(300), random.nextLong(), counter()));
    makers.add(
        () ->
            new PeerMessage.InstallSnapshotReply(
                counter(), random.nextLong(), counter(), counter(), random.nextBoolean()));
    makers.add(() -> new PeerMessage.ForwardProposal(counter(), counter(), bytes(100)));
    for (Supplier<Outcome> outcome : outcomes()) {
      makers.add(() -> new PeerMessage.ForwardReply(counter(), counter(), outcome.get()));
    }
  }

  private List<Supplier<Outcome>> outcomes() {
    return List.of(
        () -> new Outcome.NotLeader(random.nextBoolean() ? node() : null),
        () -> new Outcome.NoLeader("no leader is known"),
        () -> new Outcome.Overloaded(Duration.ofNanos(counter())),
        () -> new Outcome.Indeterminate("leadership was lost, für immer"),
        () -> new Outcome.Rejected(""),
        () -> new Outcome.TooLarge(counter()),
        () -> new Outcome.MemberFailed("disk"),
        () -> new Outcome.TimedOut(Duration.ofSeconds(3, 7)));
  }

  Envelope next() {
    return envelope(random.nextInt(makers.size()));
  }

  int types() {
    return makers.size();
  }

  Envelope envelope(int type) {
    return new Envelope(header(), makers.get(type).get());
  }

  /** A random counter; small ones are as likely as large ones. */
  long counter() {
    return random.nextLong() >>> (2 + random.nextInt(62));
  }

  private LogPosition position() {
    return new LogPosition(counter(), counter());
  }

  private VoteVerdict verdict() {
    VoteVerdict[] all = VoteVerdict.values();
    return all[random.nextInt(all.length)];
  }

  private NodeId node() {
    return NodeId.of("node-" + random.nextInt(5));
  }

  private Bytes bytes(int max) {
    byte[] bytes = new byte[random.nextInt(max)];
    random.nextBytes(bytes);
    return new Bytes(bytes);
  }

  private Header header() {
    GroupIdentity group = new GroupIdentity("shop", "orders-" + random.nextInt(3), 4);
    return new Header(group, node(), 2, random.nextInt(3), node(), 5, random.nextInt(3));
  }

  private EntrySlice slice() {
    LogPosition previous = new LogPosition(1 + counter() % (LIMIT / 2), counter() % (LIMIT / 2));
    long previousHash = random.nextLong();
    List<LogEntry> entries = new ArrayList<>();
    long hash = previousHash;
    long term = previous.term();
    for (int count = random.nextInt(8), i = 1; i <= count; i++) {
      term += random.nextInt(4) == 0 ? 1 + random.nextInt(1000) : 0;
      LogEntry.Kind kind = random.nextBoolean() ? LogEntry.Kind.COMMAND : LogEntry.Kind.NO_OP;
      LogEntry entry =
          LogEntry.following(hash, previous.index() + i, term, kind, bytes(60).array());
      entries.add(entry);
      hash = entry.hash();
    }
    return new EntrySlice(previous, previousHash, entries);
  }

  private SnapshotDescriptor snapshot() {
    List<Member> voters = new ArrayList<>();
    for (int count = 1 + random.nextInt(5), i = 0; i < count; i++) {
      voters.add(
          new Member(NodeId.of("node-" + i), random.nextLong(), "pekko://shop@10.0.0." + i + ":1"));
    }
    return new SnapshotDescriptor(
        position(),
        random.nextLong(),
        new Configuration(voters),
        counter() + ".snapshot",
        counter(),
        Long.toHexString(random.nextLong()));
  }
}
