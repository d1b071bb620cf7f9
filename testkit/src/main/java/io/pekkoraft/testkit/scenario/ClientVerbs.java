package io.pekkoraft.testkit.scenario;

import io.pekkoraft.api.Outcome;
import io.pekkoraft.testkit.Operation;
import io.pekkoraft.testkit.StageTrace;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What clients ask for. */
final class ClientVerbs {
  private static final Duration TIMEOUT = Duration.ofSeconds(3);
  static final int BYTES = 16;

  private final Names names;
  private final Members members;

  ClientVerbs(Names names, Members members) {
    this.names = names;
    this.members = members;
  }

  @Nullable Step read(Words words) {
    return switch (words.peek()) {
      case "propose" -> propose(words);
      case "commit" -> commit(words);
      case "transfer" -> transfer(words);
      default -> null;
    };
  }

  private Step propose(Words words) {
    words.expect("propose");
    String name = words.nextIs("at") ? "" : names.declare(words, Names.Kind.REQUEST);
    words.expect("at");
    Function<Run, String> member = members.one(words);
    long times = times(words);
    int bytes = bytes(words);
    Duration timeout = words.skip("within") ? words.duration() : TIMEOUT;
    return run -> {
      String at = member.apply(run);
      for (long i = 0; i < times; i++) {
        Operation operation =
            run.stage.propose(at, bytes, timeout, outcome -> ended(run, name, outcome));
        if (!name.isEmpty()) {
          run.addRequest(name, operation);
        }
      }
    };
  }

  private static void ended(Run run, String name, Outcome outcome) {
    if (!name.isEmpty()) {
      run.trace.tell(StageTrace.Kind.REQUESTS, name, Outcomes.text(outcome));
    }
  }

  private static long times(Words words) {
    if (!words.nextIsNumber()) {
      return 1;
    }
    long times = words.number("how many times");
    words.expect("times");
    return times;
  }

  private static int bytes(Words words) {
    if (!words.skip("of")) {
      return BYTES;
    }
    int bytes = (int) words.number("how many bytes");
    words.expect("bytes");
    return bytes;
  }

  /** One after the other, each committed before the next. */
  private Step commit(Words words) {
    words.expect("commit", "at");
    Function<Run, String> member = members.one(words);
    long times = times(words);
    int bytes = bytes(words);
    return run -> {
      for (long i = 0; i < times; i++) {
        commit(run, member.apply(run), bytes);
      }
    };
  }

  static void commit(Run run, String member, int bytes) {
    Operation operation = run.stage.propose(member, bytes, TIMEOUT, outcome -> {});
    run.stage.await(operation::isDone, TIMEOUT);
    if (!(operation.outcome() instanceof Outcome.Committed)) {
      throw new AssertionError("not committed but " + Outcomes.text(operation.outcome()));
    }
  }

  private Step transfer(Words words) {
    words.expect("transfer");
    String name = names.declare(words, Names.Kind.TRANSFER);
    words.expect("from");
    Function<Run, String> from = members.one(words);
    Function<Run, String> to = words.skip("to") ? members.one(words) : null;
    Duration timeout = words.skip("within") ? words.duration() : TIMEOUT;
    return run ->
        run.nameTransfer(
            name, run.stage.transfer(from.apply(run), to == null ? null : to.apply(run), timeout));
  }
}
