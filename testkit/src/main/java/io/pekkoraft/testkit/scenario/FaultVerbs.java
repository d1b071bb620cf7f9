package io.pekkoraft.testkit.scenario;

import io.pekkoraft.testkit.Stage;
import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Links, processes, disks and clocks. */
final class FaultVerbs {

  /** What is done to one direction of a link. */
  private interface OnLink {
    void apply(Stage stage, String from, String to);
  }

  private final Members members;

  FaultVerbs(Members members) {
    this.members = members;
  }

  @Nullable Step read(Words words) {
    return switch (words.peek()) {
      case "cut" -> {
        words.skip("cut");
        yield links(words, Stage::cut);
      }
      case "heal" -> heal(words);
      case "isolate" -> isolate(words);
      case "latency" -> latency(words);
      case "chance" -> chance(words);
      case "crash" -> crash(words);
      case "start" -> each(words, "start", Stage::start);
      case "pause" -> each(words, "pause", (stage, name) -> stage.node(name).pause());
      case "resume" -> each(words, "resume", (stage, name) -> stage.node(name).resume());
      case "wipe" -> each(words, "wipe", Stage::wipe);
      case "clock" -> clock(words);
      case "slow" -> slow(words);
      case "fail" -> fail(words);
      case "apply" -> apply(words);
      default -> null;
    };
  }

  private Step each(Words words, String verb, BiConsumer<Stage, String> action) {
    words.expect(verb);
    Function<Run, List<String>> some = members.some(words);
    return run -> some.apply(run).forEach(name -> action.accept(run.stage, name));
  }

  // --- links

  /** {@code a | b c}: all links between the two sides; {@code a -> b}: one direction. */
  private Step links(Words words, OnLink action) {
    Function<Run, List<String>> left = members.some(words);
    boolean oneWay = words.skip("->");
    if (!oneWay) {
      if (!words.nextIs("|")) {
        throw words.error("'|' or '->' and the members of the other side");
      }
      words.skip("|");
    }
    Function<Run, List<String>> right = members.some(words);
    return run -> {
      for (String from : left.apply(run)) {
        for (String to : right.apply(run)) {
          action.apply(run.stage, from, to);
          if (!oneWay) {
            action.apply(run.stage, to, from);
          }
        }
      }
    };
  }

  private Step heal(Words words) {
    words.expect("heal");
    return words.isAtEnd() ? run -> run.stage.heal() : links(words, Stage::heal);
  }

  private Step isolate(Words words) {
    words.expect("isolate");
    Function<Run, List<String>> some = members.some(words);
    return run -> {
      for (String name : some.apply(run)) {
        for (String other : run.stage.members()) {
          run.stage.cut(name, other);
          run.stage.cut(other, name);
        }
      }
    };
  }

  private Step latency(Words words) {
    words.expect("latency");
    Duration time = words.duration();
    words.expect("between");
    return links(words, (stage, from, to) -> stage.latency(from, to, time));
  }

  private Step chance(Words words) {
    words.expect("chance", "of", "loss");
    long lost = percent(words);
    words.expect("doubling");
    long doubled = percent(words);
    words.expect("between");
    return links(words, (stage, from, to) -> stage.rates(from, to, lost / 100.0, doubled / 100.0));
  }

  private static long percent(Words words) {
    long percent = words.number("a percentage such as 30%");
    words.expect("%");
    return percent;
  }

  // --- processes

  private Step crash(Words words) {
    words.expect("crash");
    Function<Run, List<String>> some = members.some(words);
    Boolean said = null;
    if (words.skip("keeping") || words.nextIs("losing")) {
      said = !words.skip("losing");
      words.expect("its", "write");
    }
    Boolean kept = said;
    return run -> {
      for (String name : some.apply(run)) {
        if (!run.stage.isRunning(name)) {
          throw new AssertionError(name + " does not run");
        }
        run.stage.crash(name, (kept == null && run.isScripted()) ? Boolean.FALSE : kept);
      }
    };
  }

  private Step clock(Words words) {
    words.expect("clock", "of");
    Function<Run, List<String>> some = members.some(words);
    double rate = percent(words) / 100.0;
    if (!words.nextIs("fast") && !words.nextIs("slow")) {
      throw words.error("'fast' or 'slow'");
    }
    double faster = words.skip("fast") ? rate : -rate;
    words.skip("slow");
    return run -> some.apply(run).forEach(name -> run.stage.clock(name, faster));
  }

  // --- disks and state machines

  private Step slow(Words words) {
    words.expect("slow", "disk", "of");
    Function<Run, List<String>> some = members.some(words);
    Duration time = words.duration();
    return run -> some.apply(run).forEach(name -> run.stage.slowDisk(name, time));
  }

  private Step fail(Words words) {
    words.expect("fail", "next", "write", "of");
    Function<Run, String> member = members.one(words);
    if (!words.nextIs("stored") && !words.nextIs("lost")) {
      throw words.error("'stored' or 'lost': what is on the disk then");
    }
    boolean stored = words.skip("stored");
    words.skip("lost");
    return run -> run.stage.failNextWrite(member.apply(run), stored);
  }

  private static Step apply(Words words) {
    words.expect("apply", "takes");
    Duration time = words.duration();
    return run -> run.stage.applyTakes(time);
  }
}
