package io.pekkoraft.testkit.scenario;

import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.testkit.Counters;
import io.pekkoraft.testkit.Operation;
import io.pekkoraft.testkit.Stage;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongBiFunction;

/** Words for numbers: {@code 3}, {@code term(L) + 1}, {@code sent(VoteReply from F)}. */
final class Numbers {

  /** A number, at some time in some run. */
  @FunctionalInterface
  interface Expression {
    long in(Run run);
  }

  /** What a member can be asked for. */
  private static final Map<String, ToLongBiFunction<Stage, String>> OF_MEMBERS =
      new TreeMap<>(
          Map.of(
              "term", Stage::term,
              "commit", Stage::commitIndex,
              "applied", Stage::appliedIndex,
              "snapshot", Stage::snapshotIndex,
              "last", (stage, member) -> stage.log(member).lastIndex(),
              "first", (stage, member) -> stage.log(member).firstIndex(),
              "last-on-disk", Stage::lastIndexOnDisk,
              "term-on-disk", Stage::termOnDisk,
              "alarms", (stage, member) -> stage.alarms(member).size()));

  private static final List<String> OTHERS =
      List.of(
          "entry",
          "entry-term",
          "sent",
          "held",
          "count",
          "counted",
          "leaders",
          "highest-term",
          "time");

  private final Names names;
  private final Members members;
  private final MessagePattern messages;

  Numbers(Names names, Members members, MessagePattern messages) {
    this.names = names;
    this.members = members;
    this.messages = messages;
  }

  boolean isNext(Words words) {
    return words.nextIsNumber()
        || names.is(words.peek(), Names.Kind.NUMBER)
        || (words.peekSecond().equals("(") && !words.nextIs("others"));
  }

  Expression read(Words words) {
    Expression sum = readTerm(words);
    while (words.nextIs("+") || words.nextIs("-")) {
      long sign = words.skip("+") ? 1 : -1;
      if (sign < 0) {
        words.expect("-");
      }
      Expression left = sum;
      Expression right = readTerm(words);
      sum = run -> left.in(run) + sign * right.in(run);
    }
    return sum;
  }

  private Expression readTerm(Words words) {
    if (words.nextIsNumber()) {
      long number = words.number("a number");
      return run -> number;
    }
    if (names.is(words.peek(), Names.Kind.NUMBER)) {
      String name = names.use(words, Names.Kind.NUMBER);
      return run -> run.number(name);
    }
    if (!words.peekSecond().equals("(")) {
      throw expected(words);
    }
    ToLongBiFunction<Stage, String> ofMember = OF_MEMBERS.get(words.peek());
    if (ofMember == null && !OTHERS.contains(words.peek())) {
      throw expected(words);
    }
    String function = words.word("a function");
    words.expect("(");
    Expression call = ofMember == null ? readOther(function, words) : readOf(ofMember, words);
    words.expect(")");
    return call;
  }

  private static ScenarioSyntaxException expected(Words words) {
    return words.error(
        "a number, the name of one, or one of the functions " + OF_MEMBERS.keySet() + OTHERS);
  }

  private Expression readOf(ToLongBiFunction<Stage, String> function, Words words) {
    Function<Run, String> member = members.one(words);
    return run -> function.applyAsLong(run.stage, member.apply(run));
  }

  private Expression readOther(String function, Words words) {
    return switch (function) {
      case "entry", "entry-term" -> readEntry(function.equals("entry"), words);
      case "sent" -> {
        Function<Run, Predicate<Envelope>> pattern = messages.read(words);
        yield run -> run.stage.messages().sent(pattern.apply(run)).size();
      }
      case "held" -> {
        Function<Run, Predicate<Envelope>> pattern = messages.read(words);
        yield run -> run.stage.messages().held(pattern.apply(run)).size();
      }
      case "count" -> readCount(words);
      case "counted" -> readCounted(words);
      case "leaders" ->
          run ->
              run.stage.members().stream().filter(name -> run.stage.node(name).isLeader()).count();
      case "highest-term" ->
          run ->
              run.stage.members().stream()
                  .filter(run.stage::isRunning)
                  .mapToLong(run.stage::term)
                  .max()
                  .orElse(0);
      default -> run -> run.stage.nowMillis();
    };
  }

  /** What stands at an index of a member's log: its chain hash, or its term. */
  private Expression readEntry(boolean hash, Words words) {
    Function<Run, String> member = members.one(words);
    words.expect(",");
    Expression index = read(words);
    return run -> {
      String name = member.apply(run);
      long at = index.in(run);
      if (!run.stage.log(name).reaches(at)) {
        return 0;
      }
      return hash ? run.stage.log(name).hashAt(at) : run.stage.log(name).termAt(at);
    };
  }

  private Expression readCount(Words words) {
    String request = names.use(words, Names.Kind.REQUEST);
    String how = Conditions.outcome(words, Outcomes.OF_REQUESTS);
    return run -> run.requests(request).stream().filter(o -> is(o, how)).count();
  }

  static boolean is(Operation operation, String how) {
    return Outcomes.is(operation.outcome(), how);
  }

  private static Expression readCounted(Words words) {
    String word = words.peek().toUpperCase(Locale.ROOT).replace('-', '_');
    for (Counters.Kind kind : Counters.Kind.values()) {
      if (kind.name().equals(word)) {
        words.word("a counter");
        return run -> run.stage.counted(kind);
      }
    }
    throw words.error("a counter, one of " + Arrays.toString(Counters.Kind.values()));
  }
}
