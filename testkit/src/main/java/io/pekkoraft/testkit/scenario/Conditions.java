package io.pekkoraft.testkit.scenario;

import io.pekkoraft.api.RaftStatus;
import io.pekkoraft.testkit.Stage;
import io.pekkoraft.testkit.StageTrace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.stream.Stream;

/** Words for what may be so: {@code L is leader}, {@code commit(F) = 5}, {@code x committed}. */
final class Conditions {

  /** Something that is so or not, and what is so. */
  interface Condition {
    boolean holds(Run run);

    /** What was found. */
    String found(Run run);
  }

  private static final String DOWN = "down";

  private static final Map<String, BiPredicate<Long, Long>> COMPARISONS =
      Map.of(
          "=", (a, b) -> a.equals(b),
          "!=", (a, b) -> !a.equals(b),
          "<", (a, b) -> a < b,
          "<=", (a, b) -> a <= b,
          ">", (a, b) -> a > b,
          ">=", (a, b) -> a >= b);

  private final Names names;
  private final Members members;
  private final Numbers numbers;

  Conditions(Names names, Members members, Numbers numbers) {
    this.names = names;
    this.members = members;
    this.numbers = numbers;
  }

  Condition read(Words words) {
    if (words.skip("not")) {
      Condition inner = read(words);
      return condition(run -> !inner.holds(run), inner::found);
    }
    if (words.skip("converged")) {
      return converged(run -> run.stage.members());
    }
    if (words.skip("leader")) {
      return leads(words.skip("among") ? members.some(words) : run -> run.stage.members());
    }
    if (words.skipAll("no", "leader")) {
      Condition leader = leads(run -> run.stage.members());
      return condition(run -> !leader.holds(run), leader::found);
    }
    if (words.skipAll("vote", "of")) {
      return vote(words);
    }
    if (names.is(words.peek(), Names.Kind.REQUEST)) {
      String request = names.use(words, Names.Kind.REQUEST);
      String how = outcome(words, Outcomes.OF_REQUESTS);
      return condition(
          run -> run.requests(request).stream().allMatch(o -> Numbers.is(o, how)),
          run ->
              run.requests(request).stream()
                  .map(o -> Outcomes.text(o.outcome()))
                  .distinct()
                  .toList()
                  .toString());
    }
    if (names.is(words.peek(), Names.Kind.TRANSFER)) {
      String transfer = names.use(words, Names.Kind.TRANSFER);
      String how = outcome(words, Outcomes.OF_TRANSFERS);
      return condition(
          run -> Outcomes.is(run.transfer(transfer).outcome(), how),
          run -> Outcomes.text(run.transfer(transfer).outcome()));
    }
    if (members.isNext(words)) {
      return ofMembers(words);
    }
    return comparison(words);
  }

  static String outcome(Words words, List<String> known) {
    if (!known.contains(words.peek())) {
      throw words.error("how it ended, one of " + known);
    }
    return words.word("an outcome");
  }

  private interface Holds {
    boolean test(Run run);
  }

  private static Condition condition(Holds holds, Function<Run, String> found) {
    return new Condition() {
      @Override
      public boolean holds(Run run) {
        return holds.test(run);
      }

      @Override
      public String found(Run run) {
        return found.apply(run);
      }
    };
  }

  // --- members

  private Condition ofMembers(Words words) {
    Function<Run, List<String>> some = members.some(words);
    if (words.skip("converged")) {
      return converged(some);
    }
    if (words.skip("has") || words.skip("have")) {
      boolean wanted = !words.skip("no");
      words.skip("a");
      words.expect("lease");
      return every(some, (stage, name) -> stage.hasLease(name) == wanted, Conditions::lease);
    }
    if (!words.skip("is") && !words.skip("are")) {
      throw words.error("'is', 'are', 'has a lease', 'has no lease' or 'converged'");
    }
    boolean wanted = !words.skip("not");
    String role = role(words);
    return every(
        some, (stage, name) -> roleOf(stage, name).equals(role) == wanted, Conditions::roleOf);
  }

  private static String lease(Stage stage, String name) {
    return stage.hasLease(name) ? "has a lease" : "has no lease";
  }

  static String roleOf(Stage stage, String name) {
    return stage.isRunning(name) ? StageTrace.name(stage.role(name)) : DOWN;
  }

  /** A role, or {@code down}. */
  static String role(Words words) {
    List<String> roles =
        Stream.concat(
                Stream.of(DOWN), Arrays.stream(RaftStatus.Role.values()).map(StageTrace::name))
            .toList();
    if (!roles.contains(words.peek())) {
      throw words.error("a role, one of " + roles);
    }
    return words.word("a role");
  }

  private static Condition every(
      Function<Run, List<String>> some,
      BiPredicate<Stage, String> holds,
      java.util.function.BiFunction<Stage, String, String> found) {
    return condition(
        run -> some.apply(run).stream().allMatch(name -> holds.test(run.stage, name)),
        run -> {
          List<String> each = new ArrayList<>();
          some.apply(run).forEach(name -> each.add(name + " " + found.apply(run.stage, name)));
          return String.join(", ", each);
        });
  }

  private static Condition converged(Function<Run, List<String>> some) {
    return condition(
        run -> run.stage.isConverged(some.apply(run)),
        run ->
            String.join(
                "; ", some.apply(run).stream().map(n -> run.stage.node(n).toString()).toList()));
  }

  private static Condition leads(Function<Run, List<String>> some) {
    return condition(
        run -> some.apply(run).stream().anyMatch(name -> run.stage.node(name).isLeader()),
        run ->
            String.join(
                ", ", some.apply(run).stream().map(n -> n + " " + roleOf(run.stage, n)).toList()));
  }

  /** What is on disk. */
  private Condition vote(Words words) {
    Function<Run, String> voter = members.one(words);
    words.expect("is");
    boolean nobody = words.skip("nobody");
    Function<Run, String> candidate = nobody ? run -> "nobody" : members.one(words);
    Function<Run, String> vote =
        run -> Objects.requireNonNullElse(run.stage.voteOnDisk(voter.apply(run)), "nobody");
    return condition(run -> vote.apply(run).equals(candidate.apply(run)), vote);
  }

  // --- numbers

  private Condition comparison(Words words) {
    if (!numbers.isNext(words)) {
      throw words.error(
          "a condition: 'leader', 'no leader', 'converged', 'not', 'vote of', a member, a request,"
              + " a transfer or a number");
    }
    Numbers.Expression left = numbers.read(words);
    BiPredicate<Long, Long> compare = COMPARISONS.get(words.peek());
    if (compare == null) {
      throw words.error("one of = != < <= > >=");
    }
    words.skip(words.peek());
    Numbers.Expression right = numbers.read(words);
    return condition(
        run -> compare.test(left.in(run), right.in(run)),
        run -> left.in(run) + " and " + right.in(run));
  }
}
