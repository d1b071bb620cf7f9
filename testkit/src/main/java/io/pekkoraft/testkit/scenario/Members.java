package io.pekkoraft.testkit.scenario;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** Words for members: names, {@code all}, {@code others(L F)}. */
final class Members {
  private final Names names;

  Members(Names names) {
    this.names = names;
  }

  boolean isNext(Words words) {
    return words.nextIs("all")
        || (words.nextIs("others") && words.peekSecond().equals("("))
        || names.is(words.peek(), Names.Kind.MEMBER);
  }

  Function<Run, String> one(Words words) {
    String name = names.use(words, Names.Kind.MEMBER);
    return run -> run.member(name);
  }

  /** One or more. */
  Function<Run, List<String>> some(Words words) {
    List<Function<Run, List<String>>> parts = new ArrayList<>();
    do {
      parts.add(part(words));
    } while (isNext(words));
    return run -> {
      Set<String> all = new LinkedHashSet<>();
      parts.forEach(part -> all.addAll(part.apply(run)));
      return List.copyOf(all);
    };
  }

  private Function<Run, List<String>> part(Words words) {
    if (words.skip("all")) {
      return run -> run.stage.members();
    }
    if (words.nextIs("others") && words.skip("others")) {
      words.expect("(");
      Function<Run, List<String>> but = some(words);
      words.expect(")");
      return run -> {
        List<String> others = new ArrayList<>(run.stage.members());
        others.removeAll(but.apply(run));
        return others;
      };
    }
    Function<Run, String> one = one(words);
    return run -> List.of(one.apply(run));
  }
}
