package io.pekkoraft.testkit.picture;

import io.pekkoraft.log.EntrySlice;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.message.PeerMessage;
import io.pekkoraft.message.PeerMessage.AppendEntries;
import io.pekkoraft.message.PeerMessage.AppendReply;
import io.pekkoraft.message.PeerMessage.ForwardProposal;
import io.pekkoraft.message.PeerMessage.ForwardReply;
import io.pekkoraft.message.PeerMessage.Heartbeat;
import io.pekkoraft.message.PeerMessage.HeartbeatReply;
import io.pekkoraft.message.PeerMessage.InstallSnapshot;
import io.pekkoraft.message.PeerMessage.InstallSnapshotReply;
import io.pekkoraft.message.PeerMessage.OtherLife;
import io.pekkoraft.message.PeerMessage.PreVoteReply;
import io.pekkoraft.message.PeerMessage.PreVoteRequest;
import io.pekkoraft.message.PeerMessage.TimeoutNow;
import io.pekkoraft.message.PeerMessage.VoteReply;
import io.pekkoraft.message.PeerMessage.VoteRequest;
import io.pekkoraft.testkit.picture.Recording.Kind;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The messages of the protocol in a picture: what stands at an arrow, and what a person reads. */
public final class MessageWords implements PeerMessage.Visitor<MessageWords.Words> {

  private static final int COMMANDS_SHOWN = 8;

  /**
   * A message, without the bytes that it carries.
   *
   * @param kind its place in {@link #KINDS}
   * @param values one for each field of the kind
   */
  @SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
  public record Words(int kind, @Nullable Object[] values) {
    private static Words of(int kind, @Nullable Object... values) {
      return new Words(kind, values);
    }
  }

  /** In the order of {@link PeerMessage.Visitor}. */
  public static final List<Kind> KINDS =
      List.of(
          ask("PreVoteRequest", "pre-vote? {term}", "pre-vote", "term", "round", "end of log"),
          answer("PreVoteReply", "{verdict} {term}", "pre-vote", "term", "round", "verdict"),
          ask("VoteRequest", "vote? {term}", "vote", "term", "end of log", "transfer"),
          answer("VoteReply", "{verdict} {term}", "vote", "term", "verdict"),
          ask("TimeoutNow", "stand now", "transfer", "term", "transfer", "end of log"),
          ask(
              "Heartbeat",
              "heartbeat",
              "heartbeat",
              "term",
              "commit",
              "sent by its clock, ns",
              "transfer"),
          answer(
              "HeartbeatReply",
              "alive {match}",
              "heartbeat",
              "term",
              "of the one sent at, ns",
              "match",
              "last"),
          ask(
              "AppendEntries",
              "append {entries}",
              "append",
              "term",
              "after",
              "entries",
              "terms of entries",
              "commit",
              "sent by its clock, ns",
              "transfer",
              "commands"),
          answer(
              "AppendReply",
              "{success} {index}",
              "append",
              "term",
              "of the one sent at, ns",
              "success",
              "after",
              "index",
              "conflicting term"),
          ask(
              "InstallSnapshot",
              "snapshot {snapshot}",
              "snapshot",
              "term",
              "snapshot",
              "offset",
              "bytes",
              "of bytes",
              "sent by its clock, ns",
              "transfer"),
          answer(
              "InstallSnapshotReply",
              "has {next offset}",
              "snapshot",
              "term",
              "of the one sent at, ns",
              "snapshot",
              "next offset",
              "done"),
          ask("OtherLife", "other life", "other", "term"),
          ask(
              "ForwardProposal",
              "forward {request}",
              "forward",
              "term",
              "request",
              "bytes",
              "commands"),
          answer("ForwardReply", "{outcome}", "forward", "term", "request", "outcome"));

  private final Function<byte[], String> commands;

  private MessageWords(Function<byte[], String> commands) {
    this.commands = commands;
  }

  private static Kind ask(String name, String label, String family, String... fields) {
    return new Kind(name, label, family, false, List.of(fields));
  }

  private static Kind answer(String name, String label, String family, String... fields) {
    return new Kind(name, label, family, true, List.of(fields));
  }

  /** What is to be said of a message whose commands nobody can read. */
  public static Words of(PeerMessage message) {
    return of(message, payload -> "");
  }

  /**
   * @param commands an application's command in words, from the payload of an entry; empty for none
   */
  public static Words of(PeerMessage message, Function<byte[], String> commands) {
    return message.accept(new MessageWords(commands));
  }

  /** The first few; null, and so not shown, if there are none. */
  private @Nullable String inWords(Stream<byte[]> payloads) {
    List<String> words = payloads.map(commands).filter(text -> !text.isEmpty()).toList();
    if (words.isEmpty()) {
      return null;
    }
    String first = String.join(", ", words.subList(0, Math.min(words.size(), COMMANDS_SHOWN)));
    int more = words.size() - COMMANDS_SHOWN;
    return more > 0 ? first + ", and " + more + " more" : first;
  }

  /** Null, and so not shown, if no transfer is under way. */
  private static @Nullable Long transfer(long id) {
    return id == PeerMessage.NO_TRANSFER ? null : (Long) id;
  }

  @Override
  public Words onPreVoteRequest(PreVoteRequest m) {
    return Words.of(0, m.term(), m.round(), m.last().toString());
  }

  @Override
  public Words onPreVoteReply(PreVoteReply m) {
    return Words.of(1, m.term(), m.round(), m.verdict().name());
  }

  @Override
  public Words onVoteRequest(VoteRequest m) {
    return Words.of(2, m.term(), m.last().toString(), transfer(m.transferId()));
  }

  @Override
  public Words onVoteReply(VoteReply m) {
    return Words.of(3, m.term(), m.verdict().name());
  }

  @Override
  public Words onTimeoutNow(TimeoutNow m) {
    return Words.of(4, m.term(), m.transferId(), m.last().toString());
  }

  @Override
  public Words onHeartbeat(Heartbeat m) {
    return Words.of(5, m.term(), m.commitIndex(), m.sentNanos(), transfer(m.transferId()));
  }

  @Override
  public Words onHeartbeatReply(HeartbeatReply m) {
    return Words.of(6, m.term(), m.sentNanos(), m.matchIndex(), m.lastIndex());
  }

  @Override
  public Words onAppendEntries(AppendEntries m) {
    return Words.of(
        7,
        m.term(),
        m.slice().previous().toString(),
        indexes(m.slice()),
        terms(m.slice()),
        m.commitIndex(),
        m.sentNanos(),
        transfer(m.transferId()),
        inWords(
            m.slice().entries().stream()
                .filter(entry -> entry.kind() == LogEntry.Kind.COMMAND)
                .map(LogEntry::payload)));
  }

  private static String indexes(EntrySlice slice) {
    long first = slice.previous().index() + 1;
    return slice.isEmpty()
        ? "nothing"
        : slice.entries().size() == 1 ? Long.toString(first) : first + "-" + slice.lastIndex();
  }

  /** First and last: terms never fall. */
  private static @Nullable String terms(EntrySlice slice) {
    List<LogEntry> entries = slice.entries();
    if (entries.isEmpty()) {
      return null;
    }
    long first = entries.get(0).term();
    long last = entries.get(entries.size() - 1).term();
    return first == last ? Long.toString(first) : first + " to " + last;
  }

  @Override
  public Words onAppendReply(AppendReply m) {
    return Words.of(
        8,
        m.term(),
        m.sentNanos(),
        m.success() ? "has" : "lacks",
        m.previousIndex(),
        m.index(),
        m.conflictTerm() == 0 ? null : (Long) m.conflictTerm());
  }

  @Override
  public Words onInstallSnapshot(InstallSnapshot m) {
    return Words.of(
        9,
        m.term(),
        m.snapshot().position().toString(),
        m.offset(),
        (long) m.bytes().length(),
        m.snapshot().length(),
        m.sentNanos(),
        transfer(m.transferId()));
  }

  @Override
  public Words onInstallSnapshotReply(InstallSnapshotReply m) {
    return Words.of(
        10, m.term(), m.sentNanos(), m.snapshotIndex(), m.nextOffset(), m.done() ? "yes" : "no");
  }

  @Override
  public Words onOtherLife(OtherLife m) {
    return Words.of(11, m.term());
  }

  @Override
  public Words onForwardProposal(ForwardProposal m) {
    return Words.of(
        12,
        m.term(),
        m.requestId(),
        (long) m.command().length(),
        inWords(Stream.of(m.command().array())));
  }

  @Override
  public Words onForwardReply(ForwardReply m) {
    return Words.of(13, m.term(), m.requestId(), OutcomeWords.of(m.outcome()));
  }
}
