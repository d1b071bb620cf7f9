package io.pekkoraft.testkit.scenario;

import io.pekkoraft.role.NodeSettings;
import io.pekkoraft.testkit.Cluster;
import io.pekkoraft.testkit.Simulation;
import io.pekkoraft.testkit.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What a scenario says before its first step: how many members, and what they are like. */
final class Setup {
  private final Names names;
  private final Members members;
  private final List<String> covers = new ArrayList<>();
  private final List<Consumer<Stage>> preparations = new ArrayList<>();
  private long size = 3;
  private long seed;
  private long seeds;
  private NodeSettings settings = Cluster.SETTINGS;

  Setup(Names names, Members members) {
    this.names = names;
    this.members = members;
    names.members(size);
  }

  /** Ids of what is shown. */
  List<String> covers() {
    return covers;
  }

  /** 0: nothing is left to chance. */
  long seed() {
    return seed;
  }

  /** How many runs there are beside the first, in which chance decides. */
  long seeds() {
    return seeds;
  }

  /**
   * @param made told of the simulation before anything happens in it
   */
  Stage open(long withSeed, String replay, Consumer<Simulation> made) {
    Stage stage = new Stage((int) size, settings, withSeed, replay);
    made.accept(stage.simulation());
    preparations.forEach(preparation -> preparation.accept(stage));
    stage.members().forEach(stage::start);
    return stage;
  }

  /** Reads a line; false if it is none of these. */
  boolean read(Words words) {
    switch (words.peek()) {
      case "covers" -> readCovers(words);
      case "nodes" -> readNodes(words);
      case "seed" -> {
        words.skip("seed");
        seed = words.number("a seed");
      }
      case "seeds" -> {
        words.skip("seeds");
        seeds = words.number("how many seeds");
      }
      case "settings" -> readSettings(words);
      case "timeout" -> readTimeout(words);
      case "without" -> readWithout(words);
      case "liar" -> {
        words.skip("liar");
        String liar = names.use(words, Names.Kind.MEMBER);
        preparations.add(stage -> stage.lies(liar));
      }
      case "disk" -> readDisk(words);
      default -> {
        return false;
      }
    }
    return true;
  }

  private void readCovers(Words words) {
    words.skip("covers");
    do {
      covers.add(words.word("the id of what is shown, such as E02 or ET-3"));
    } while (words.skip(","));
  }

  private void readNodes(Words words) {
    words.skip("nodes");
    if (!words.nextIsNumber()
        || Long.parseLong(words.peek()) < 1
        || Long.parseLong(words.peek()) > 9) {
      throw words.error("a number of members from 1 to 9");
    }
    size = words.number("how many members");
    names.members(size);
  }

  private void readTimeout(Words words) {
    words.skip("timeout");
    String member = names.use(words, Names.Kind.MEMBER);
    List<Duration> each = new ArrayList<>();
    do {
      each.add(words.duration());
    } while (words.nextIsDuration());
    preparations.add(stage -> stage.timeouts(member, each));
  }

  private void readWithout(Words words) {
    words.skip("without");
    if (words.skip("pre-vote")) {
      preparations.add(Stage::withoutPreVote);
    } else if (words.skip("hold-off")) {
      preparations.add(Stage::withoutHoldOff);
    } else {
      throw words.error("'pre-vote' or 'hold-off'");
    }
  }

  private void readDisk(Words words) {
    words.expect("disk", "of");
    String member = members.isNext(words) ? names.use(words, Names.Kind.MEMBER) : "";
    if (words.skip("term")) {
      long term = words.number("a term");
      String vote = words.skip("vote") ? names.use(words, Names.Kind.MEMBER) : null;
      preparations.add(stage -> stage.writeTerm(member, term, vote));
    } else if (words.skip("log")) {
      List<Long> terms = new ArrayList<>();
      while (words.nextIsNumber()) {
        terms.add(words.number("the term of an entry"));
      }
      preparations.add(stage -> stage.writeLog(member, terms));
    } else {
      throw words.error(member.isEmpty() ? "the name of a member" : "'term' or 'log'");
    }
  }

  private void readSettings(Words words) {
    words.skip("settings");
    do {
      String name = words.word("a setting");
      switch (name) {
        case "heartbeat-interval" -> with(words.duration(), settings.electionTimeout());
        case "election-timeout" -> with(settings.heartbeatInterval(), words.duration());
        default -> settings = changed(name, words.number("a number"), words);
      }
    } while (words.skip(","));
  }

  private void with(Duration heartbeat, Duration election) {
    NodeSettings s = settings;
    settings =
        new NodeSettings(
            heartbeat,
            election,
            s.driftBound(),
            s.maxAppendEntries(),
            s.maxAppendBytes(),
            s.maxInflightAppends(),
            s.maxCommandBytes(),
            s.maxUncommittedBytes(),
            s.retainedLogBytes(),
            s.snapshotPartBytes());
  }

  private NodeSettings changed(String name, long value, Words words) {
    List<String> known =
        List.of(
            "max-append-entries",
            "max-append-bytes",
            "max-inflight-appends",
            "max-command-bytes",
            "max-uncommitted-bytes",
            "retained-log-bytes",
            "snapshot-part-bytes");
    if (!known.contains(name)) {
      throw words.error("before it one of heartbeat-interval, election-timeout, " + known);
    }
    NodeSettings s = settings;
    return new NodeSettings(
        s.heartbeatInterval(),
        s.electionTimeout(),
        s.driftBound(),
        name.equals("max-append-entries") ? (int) value : s.maxAppendEntries(),
        name.equals("max-append-bytes") ? (int) value : s.maxAppendBytes(),
        name.equals("max-inflight-appends") ? (int) value : s.maxInflightAppends(),
        name.equals("max-command-bytes") ? (int) value : s.maxCommandBytes(),
        name.equals("max-uncommitted-bytes") ? value : s.maxUncommittedBytes(),
        name.equals("retained-log-bytes") ? value : s.retainedLogBytes(),
        name.equals("snapshot-part-bytes") ? (int) value : s.snapshotPartBytes());
  }
}
