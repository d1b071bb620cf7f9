package io.pekkoraft.testkit.scenario;

import io.pekkoraft.testkit.Cluster;
import io.pekkoraft.testkit.Stage;
import io.pekkoraft.testkit.StageTrace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Names, time, and what is expected. */
final class CheckVerbs {
  private final Names names;
  private final Members members;
  private final Numbers numbers;
  private final Conditions conditions;

  CheckVerbs(Names names, Members members, Numbers numbers, Conditions conditions) {
    this.names = names;
    this.members = members;
    this.numbers = numbers;
    this.conditions = conditions;
  }

  @Nullable Step read(Words words) {
    return switch (words.peek()) {
      case "formed" -> formed(words);
      case "let" -> let(words);
      case "elapse" -> elapse(words);
      case "await" -> await(words);
      case "expect" -> expect(words);
      case "throughout" -> throughout(words);
      case "alarm" -> alarm(words);
      case "show" -> show(words, true);
      case "hide" -> show(words, false);
      case "status" -> status(words);
      case "print" -> print(words);
      default -> null;
    };
  }

  /** Somebody leads, a command is committed, and everybody has it; not shown. */
  private static Step formed(Words words) {
    words.expect("formed");
    return run -> {
      List<String> all = run.stage.members();
      String leader = withRole(run, all, "leader", Cluster.ELECTION_LIMIT).get(0);
      ClientVerbs.commit(run, leader, ClientVerbs.BYTES);
      if (!run.stage.await(() -> run.stage.isConverged(all), Cluster.ELECTION_LIMIT)) {
        throw new AssertionError("the members do not converge");
      }
      run.takeTold();
    };
  }

  // --- names

  private Step let(Words words) {
    words.expect("let");
    List<String> given = new ArrayList<>();
    Names.Kind kind = isMemberAfterEquals(words) ? Names.Kind.MEMBER : Names.Kind.NUMBER;
    while (!words.nextIs("=")) {
      given.add(names.declare(words, kind));
    }
    words.expect("=");
    if (kind == Names.Kind.NUMBER) {
      Numbers.Expression value = numbers.read(words);
      return run -> given.forEach(name -> run.nameNumber(name, value.in(run)));
    }
    Function<Run, List<String>> which = which(words);
    return run -> {
      List<String> found = which.apply(run);
      if (found.size() < given.size()) {
        throw new AssertionError("there are only " + found);
      }
      for (int i = 0; i < given.size(); i++) {
        run.nameMember(given.get(i), found.get(i));
      }
    };
  }

  /** Looks ahead: what is on the right says what the names on the left are of. */
  private boolean isMemberAfterEquals(Words words) {
    Words ahead = words.copy();
    while (!ahead.isAtEnd() && !ahead.skip("=")) {
      ahead.skip(ahead.peek());
    }
    return ahead.nextIs("leader")
        || ahead.nextIs("first")
        || ahead.nextIs("follower")
        || members.isNext(ahead);
  }

  private Function<Run, List<String>> which(Words words) {
    if (words.skip("leader")) {
      Function<Run, List<String>> among =
          words.skip("among") ? members.some(words) : run -> run.stage.members();
      return run -> withRole(run, among.apply(run), "leader", Cluster.ELECTION_LIMIT);
    }
    if (words.skip("first")) {
      String role = Conditions.role(words);
      Function<Run, List<String>> among =
          words.skip("among") ? members.some(words) : run -> run.stage.members();
      return run -> withRole(run, among.apply(run), role, Cluster.ELECTION_LIMIT);
    }
    if (words.skip("follower")) {
      return run -> {
        List<String> free = new ArrayList<>(run.stage.members());
        free.removeAll(run.named());
        return withRole(run, free, "follower", Duration.ZERO);
      };
    }
    return members.some(words);
  }

  /** Waits for one. */
  private static List<String> withRole(Run run, List<String> among, String role, Duration limit) {
    Stage stage = run.stage;
    boolean there =
        stage.await(
            () -> among.stream().anyMatch(name -> Conditions.roleOf(stage, name).equals(role)),
            limit);
    if (!there) {
      throw new AssertionError(
          "no " + role + " among " + among + " within " + limit.toMillis() + " ms");
    }
    return among.stream().filter(name -> Conditions.roleOf(stage, name).equals(role)).toList();
  }

  // --- time and expectations

  private static Step elapse(Words words) {
    words.expect("elapse");
    Duration time = words.duration();
    return run -> run.stage.elapse(time);
  }

  private Step await(Words words) {
    words.expect("await");
    Conditions.Condition condition = conditions.read(words);
    Duration limit = words.skip("within") ? words.duration() : Cluster.ELECTION_LIMIT;
    return run -> {
      if (!run.stage.await(() -> condition.holds(run), limit)) {
        throw new AssertionError(
            "not within " + limit.toMillis() + " ms, but " + condition.found(run));
      }
    };
  }

  private Step expect(Words words) {
    words.expect("expect");
    Conditions.Condition condition = conditions.read(words);
    return run -> {
      if (!condition.holds(run)) {
        throw new AssertionError("it is not so, but " + condition.found(run));
      }
    };
  }

  /** Looked at after every event. */
  private Step throughout(Words words) {
    words.expect("throughout");
    Duration time = words.duration();
    Conditions.Condition condition = conditions.read(words);
    return run -> {
      if (run.stage.await(() -> !condition.holds(run), time)) {
        throw new AssertionError(
            "not so at " + run.stage.nowMillis() + " ms, but " + condition.found(run));
      }
    };
  }

  private Step alarm(Words words) {
    words.expect("alarm", "allowed", "at");
    Function<Run, List<String>> some = members.some(words);
    return run -> some.apply(run).forEach(run.stage::expectAlarm);
  }

  // --- the trace

  private static Step show(Words words, boolean shown) {
    words.expect(shown ? "show" : "hide");
    List<StageTrace.Kind> kinds = new ArrayList<>();
    if (words.skip("everything")) {
      kinds.addAll(List.of(StageTrace.Kind.values()));
    }
    while (!words.isAtEnd()) {
      StageTrace.Kind kind =
          Arrays.stream(StageTrace.Kind.values())
              .filter(each -> StageTrace.name(each).equals(words.peek()))
              .findFirst()
              .orElseThrow(
                  () ->
                      words.error(
                          "one of "
                              + Arrays.stream(StageTrace.Kind.values())
                                  .map(StageTrace::name)
                                  .toList()));
      words.skip(words.peek());
      kinds.add(kind);
    }
    return run -> kinds.forEach(kind -> run.trace.show(kind, shown));
  }

  private Step status(Words words) {
    words.expect("status");
    Function<Run, List<String>> some =
        words.isAtEnd() ? run -> run.stage.members() : members.some(words);
    return run -> some.apply(run).forEach(name -> run.tell(statusOf(run.stage, name)));
  }

  private static String statusOf(Stage stage, String name) {
    String role = Conditions.roleOf(stage, name);
    if (!stage.isRunning(name)) {
      return name + "  " + role;
    }
    return name
        + "  "
        + role
        + "  term "
        + stage.term(name)
        + "  commit "
        + stage.commitIndex(name)
        + "  last "
        + stage.log(name).lastIndex();
  }

  private Step print(Words words) {
    words.expect("print");
    Numbers.Expression number = numbers.read(words);
    return run -> run.tell(String.valueOf(number.in(run)));
  }
}
