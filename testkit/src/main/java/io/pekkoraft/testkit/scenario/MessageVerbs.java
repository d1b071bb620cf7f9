package io.pekkoraft.testkit.scenario;

import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.testkit.StageMessages;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Messages and writes that are kept back, late, lost, repeated or made up. */
final class MessageVerbs {
  private final Members members;
  private final MessagePattern pattern;
  private final InjectVerb inject;

  MessageVerbs(Members members, Numbers numbers, MessagePattern pattern) {
    this.members = members;
    this.pattern = pattern;
    this.inject = new InjectVerb(members, numbers);
  }

  @Nullable Step read(Words words) {
    return switch (words.peek()) {
      case "hold" -> hold(words);
      case "release" -> release(words);
      case "drop" -> drop(words);
      case "delay" -> delay(words);
      case "lose" -> lose(words);
      case "again" -> again(words);
      case "inject" -> inject.read(words);
      default -> null;
    };
  }

  private static Step on(Function<Run, Predicate<Envelope>> messages, Action action) {
    return run -> action.apply(run.stage.messages(), messages.apply(run));
  }

  private interface Action {
    void apply(StageMessages messages, Predicate<Envelope> which);
  }

  private Step hold(Words words) {
    words.expect("hold");
    if (words.skipAll("nothing", "more")) {
      return run -> run.stage.messages().holdNoMore();
    }
    if (words.skipAll("writes", "of")) {
      Function<Run, List<String>> some = members.some(words);
      return run -> some.apply(run).forEach(run.stage::holdWrites);
    }
    return on(pattern.read(words), StageMessages::hold);
  }

  private Step release(Words words) {
    words.expect("release");
    if (words.skipAll("writes", "of")) {
      Function<Run, List<String>> some = members.some(words);
      return run -> some.apply(run).forEach(run.stage::releaseWrites);
    }
    if (words.skip("everything")) {
      return run -> {
        run.stage.messages().holdNoMore();
        run.stage.messages().release(envelope -> true, false, Integer.MAX_VALUE);
      };
    }
    boolean all = words.skip("all");
    boolean newest = words.skip("newest");
    Function<Run, Predicate<Envelope>> messages = pattern.read(words);
    return run -> {
      int limit = all ? Integer.MAX_VALUE : 1;
      if (run.stage.messages().release(messages.apply(run), newest, limit) == 0) {
        throw new AssertionError("no such message is held");
      }
    };
  }

  private Step drop(Words words) {
    words.expect("drop", "held");
    return MessagePattern.isNext(words)
        ? on(pattern.read(words), StageMessages::dropHeld)
        : run -> run.stage.messages().dropHeld(envelope -> true);
  }

  private Step delay(Words words) {
    words.expect("delay");
    if (words.skipAll("nothing", "more")) {
      return run -> run.stage.messages().clearRules();
    }
    Function<Run, Predicate<Envelope>> messages = pattern.read(words);
    words.expect("by");
    Duration by = words.duration();
    return on(messages, (all, which) -> all.delay(which, by));
  }

  private Step lose(Words words) {
    words.expect("lose");
    if (words.skipAll("nothing", "more")) {
      return run -> run.stage.messages().clearRules();
    }
    return on(pattern.read(words), StageMessages::lose);
  }

  /** The newest such message that was sent, lost or not, is delivered now. */
  private Step again(Words words) {
    words.expect("again");
    boolean first = words.skip("first");
    Function<Run, Predicate<Envelope>> messages = pattern.read(words);
    long times = 1;
    if (words.nextIsNumber()) {
      times = words.number("how many times");
      words.expect("times");
    }
    long howOften = times;
    return run -> {
      List<Envelope> sent = run.stage.messages().sent(messages.apply(run));
      if (sent.isEmpty()) {
        throw new AssertionError("no such message was sent");
      }
      for (long i = 0; i < howOften; i++) {
        run.stage.messages().deliver(sent.get(first ? 0 : sent.size() - 1));
      }
    };
  }
}
