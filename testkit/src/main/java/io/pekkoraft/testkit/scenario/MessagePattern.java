package io.pekkoraft.testkit.scenario;

import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.message.PeerMessage;
import io.pekkoraft.message.PeerMessage.PreVoteReply;
import io.pekkoraft.message.PeerMessage.VoteReply;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Words for messages: {@code AppendEntries from L to F}, {@code grants to C}, {@code messages}. */
final class MessagePattern {
  private static final TreeMap<String, Class<?>> KINDS = new TreeMap<>();

  static {
    Arrays.stream(PeerMessage.class.getPermittedSubclasses())
        .forEach(kind -> KINDS.put(kind.getSimpleName(), kind));
  }

  private final Members members;

  MessagePattern(Members members) {
    this.members = members;
  }

  static boolean isNext(Words words) {
    return words.nextIs("messages")
        || words.nextIs("grants")
        || words.nextIs("contacts")
        || KINDS.containsKey(words.peek());
  }

  /** The class of the next word. */
  static Class<?> kind(Words words) {
    Class<?> kind = KINDS.get(words.peek());
    if (kind == null) {
      throw words.error("a kind of message, one of " + KINDS.keySet());
    }
    words.word("a kind of message");
    return kind;
  }

  Function<Run, Predicate<Envelope>> read(Words words) {
    Predicate<Envelope> kind = readKind(words);
    Function<Run, List<String>> from = words.skip("from") ? members.some(words) : null;
    Function<Run, List<String>> to = words.skip("to") ? members.some(words) : null;
    return run -> {
      List<String> senders = from == null ? null : from.apply(run);
      List<String> receivers = to == null ? null : to.apply(run);
      return envelope ->
          kind.test(envelope)
              && isOneOf(senders, envelope.header().from().value())
              && isOneOf(receivers, envelope.header().to().value());
    };
  }

  private static boolean isOneOf(@Nullable List<String> names, String name) {
    return names == null || names.contains(name);
  }

  private static Predicate<Envelope> readKind(Words words) {
    if (words.skip("messages")) {
      return envelope -> true;
    }
    if (words.skip("grants")) {
      return envelope ->
          (envelope.message() instanceof PreVoteReply reply && reply.verdict().granted())
              || (envelope.message() instanceof VoteReply vote && vote.verdict().granted());
    }
    if (words.skip("contacts")) {
      return envelope ->
          envelope.message() instanceof PeerMessage.Heartbeat
              || envelope.message() instanceof PeerMessage.AppendEntries
              || envelope.message() instanceof PeerMessage.InstallSnapshot;
    }
    if (!KINDS.containsKey(words.peek())) {
      throw words.error("'messages', 'grants', 'contacts' or one of " + KINDS.keySet());
    }
    Class<?> kind = kind(words);
    return envelope -> kind.isInstance(envelope.message());
  }
}
