package io.pekkoraft.testkit.scenario;

import io.pekkoraft.log.Configuration;
import io.pekkoraft.log.EntrySlice;
import io.pekkoraft.log.GroupIdentity;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.LogPosition;
import io.pekkoraft.log.SnapshotDescriptor;
import io.pekkoraft.message.Bytes;
import io.pekkoraft.message.PeerMessage;
import io.pekkoraft.message.VoteVerdict;
import io.pekkoraft.state.RaftLog;
import io.pekkoraft.testkit.Stage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Messages that nobody sent. What the text does not say of them fits the receiver's log. */
final class InjectVerb {
  private static final String OUTSIDER = "outsider";

  private static final Map<Class<?>, List<String>> FIELDS =
      Map.of(
          PeerMessage.PreVoteRequest.class, List.of("round", "last-term", "last-index"),
          PeerMessage.PreVoteReply.class, List.of("round", "refusal"),
          PeerMessage.VoteRequest.class, List.of("last-term", "last-index", "transfer"),
          PeerMessage.VoteReply.class, List.of("refusal"),
          PeerMessage.TimeoutNow.class, List.of("transfer", "last-term", "last-index"),
          PeerMessage.Heartbeat.class, List.of("commit", "sent", "transfer"),
          PeerMessage.HeartbeatReply.class, List.of("sent", "match", "last"),
          PeerMessage.AppendEntries.class,
              List.of("previous", "previous-term", "entries", "commit", "sent", "transfer"),
          PeerMessage.AppendReply.class,
              List.of("sent", "success", "previous", "index", "conflict-term"),
          PeerMessage.InstallSnapshot.class,
              List.of("index", "index-term", "length", "offset", "bytes", "sent", "transfer"));

  private final Members members;
  private final Numbers numbers;

  InjectVerb(Members members, Numbers numbers) {
    this.members = members;
    this.numbers = numbers;
  }

  Step read(Words words) {
    words.expect("inject");
    Class<?> kind = MessagePattern.kind(words);
    List<String> fields = FIELDS.get(kind);
    if (fields == null) {
      throw words.error("before it a message of the protocol, not of clients");
    }
    words.expect("from");
    Function<Run, String> from = words.skip(OUTSIDER) ? run -> OUTSIDER : members.one(words);
    words.expect("to");
    Function<Run, String> to = members.one(words);
    GroupIdentity group = readGroup(words);
    Map<String, Numbers.Expression> values = readValues(words, fields);
    return run -> {
      String receiver = to.apply(run);
      Values given = new Values(run, receiver, values);
      run.stage.messages().inject(from.apply(run), receiver, given.message(kind), group);
    };
  }

  private static @Nullable GroupIdentity readGroup(Words words) {
    if (words.skipAll("of", "another", "cluster")) {
      return new GroupIdentity("another", "group", 1);
    }
    return words.skipAll("of", "another", "group")
        ? new GroupIdentity("simulated", "another", 1)
        : null;
  }

  private Map<String, Numbers.Expression> readValues(Words words, List<String> fields) {
    Map<String, Numbers.Expression> values = new HashMap<>();
    while (!words.isAtEnd()) {
      if (!fields.contains(words.peek()) && !words.nextIs("term")) {
        throw words.error("'term' or one of " + fields);
      }
      String field = words.word("a field");
      words.expect("=");
      values.put(field, numbers.read(words));
    }
    return values;
  }

  /** The fields of one message. */
  private static final class Values {
    private final Run run;
    private final String receiver;
    private final RaftLog log;
    private final Map<String, Numbers.Expression> values;

    Values(Run run, String receiver, Map<String, Numbers.Expression> values) {
      this.run = run;
      this.receiver = receiver;
      this.log = run.stage.log(receiver);
      this.values = values;
    }

    private long get(String field, long otherwise) {
      Numbers.Expression value = values.get(field);
      return value == null ? otherwise : value.in(run);
    }

    private long get(String field) {
      return get(field, 0);
    }

    private LogPosition last() {
      return new LogPosition(
          get("last-term", log.last().term()), get("last-index", log.last().index()));
    }

    private VoteVerdict verdict() {
      return VoteVerdict.of((byte) get("refusal"));
    }

    PeerMessage message(Class<?> kind) {
      long term = get("term", run.stage.term(receiver));
      long sent = get("sent");
      long transfer = get("transfer");
      return switch (kind.getSimpleName()) {
        case "PreVoteRequest" -> new PeerMessage.PreVoteRequest(term, get("round"), last());
        case "PreVoteReply" -> new PeerMessage.PreVoteReply(term, get("round"), verdict());
        case "VoteRequest" -> new PeerMessage.VoteRequest(term, last(), transfer);
        case "VoteReply" -> new PeerMessage.VoteReply(term, verdict());
        case "TimeoutNow" -> new PeerMessage.TimeoutNow(term, transfer, last());
        case "Heartbeat" -> new PeerMessage.Heartbeat(term, get("commit"), sent, transfer);
        case "HeartbeatReply" ->
            new PeerMessage.HeartbeatReply(term, sent, get("match"), get("last"));
        case "AppendEntries" ->
            new PeerMessage.AppendEntries(term, slice(term), get("commit"), sent, transfer);
        case "AppendReply" ->
            new PeerMessage.AppendReply(
                term,
                sent,
                get("success") != 0,
                get("previous"),
                get("index"),
                get("conflict-term"));
        default ->
            new PeerMessage.InstallSnapshot(
                term,
                snapshot(),
                get("offset"),
                new Bytes(new byte[(int) get("bytes", 32)]),
                sent,
                transfer);
      };
    }

    /** New entries of the message's term after {@code previous}. */
    private EntrySlice slice(long term) {
      long previous = get("previous", log.lastIndex());
      boolean known = log.reaches(previous);
      long previousTerm = get("previous-term", known ? log.termAt(previous) : term);
      boolean same = known && log.termAt(previous) == previousTerm;
      long hash = same ? log.hashAt(previous) : 1;
      List<LogEntry> entries = new ArrayList<>();
      long before = hash;
      for (long i = 1; i <= get("entries"); i++) {
        LogEntry entry =
            LogEntry.following(before, previous + i, term, LogEntry.Kind.NO_OP, new byte[0]);
        entries.add(entry);
        before = entry.hash();
      }
      return new EntrySlice(new LogPosition(previousTerm, previous), hash, entries);
    }

    private SnapshotDescriptor snapshot() {
      long index = get("index", log.lastIndex() + 100);
      boolean known = log.reaches(index);
      long term = get("index-term", known ? log.termAt(index) : run.stage.term(receiver));
      return new SnapshotDescriptor(
          new LogPosition(term, index),
          known ? log.hashAt(index) : 1,
          configuration(run.stage),
          index + "-1",
          get("length", 64),
          "0");
    }

    private Configuration configuration(Stage stage) {
      return stage.node(receiver).state().configuration();
    }
  }
}
