package io.pekkoraft.testkit.bench;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.pekkoraft.api.RaftGroup;
import io.pekkoraft.log.Configuration;
import io.pekkoraft.log.GroupIdentity;
import io.pekkoraft.log.Member;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.node.RaftNode;
import io.pekkoraft.node.RaftNodeSettings;
import io.pekkoraft.node.SettingsReader;
import io.pekkoraft.persistence.wal.WalStores;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * One member in a process of its own. It takes orders as lines from standard input and answers each
 * with a line that starts with {@link #ANSWER}; it ends with its standard input, so never outlives
 * its parent.
 *
 * <pre>
 * role                answered at once
 * usage               answered at once
 * applied COUNT       answered when so many commands are applied
 * load ...            answered when it is over
 * </pre>
 */
final class MemberProcess {
  static final String ANSWER = "> ";

  private static final GroupIdentity GROUP = new GroupIdentity("benchmark", "group", 1);

  private final Counter counter = new Counter();
  private final Path wal;
  private final ActorSystem<Void> system;
  private final RaftGroup member;

  private MemberProcess(int index, Path directory, Config overrides, List<Integer> ports) {
    this.wal = directory.resolve("wal");
    Config config =
        ConfigFactory.parseMap(
                Map.of(
                    "pekko.actor.provider",
                    "remote",
                    "pekko.remote.artery.advanced.compression.actor-refs.max",
                    "off",
                    "pekko.remote.artery.canonical.hostname",
                    "127.0.0.1",
                    "pekko.remote.artery.canonical.port",
                    ports.get(index),
                    "pekko-raft.persistence.journal.directory",
                    wal.toString(),
                    "pekko-raft.persistence.snapshot-store.directory",
                    directory.resolve("descriptors").toString()))
            .withFallback(overrides)
            .withFallback(ConfigFactory.load());
    this.system = ActorSystem.create(Behaviors.empty(), "node", config);
    List<Member> members = new ArrayList<>();
    for (int i = 0; i < ports.size(); i++) {
      members.add(new Member(id(i), i + 1L, "pekko://node@127.0.0.1:" + ports.get(i)));
    }
    Config raft = config.getConfig("pekko-raft");
    this.member =
        RaftNode.start(
            system,
            new RaftNodeSettings(
                GROUP,
                id(index),
                index + 1L,
                new Configuration(members),
                true,
                counter,
                directory.resolve("snapshots"),
                SettingsReader.protocol(raft),
                raft.getString("journal-plugin"),
                raft.getString("snapshot-plugin"),
                raft.getInt("max-requests")));
  }

  private static NodeId id(int index) {
    return NodeId.of("n" + index);
  }

  /**
   * Runs a member.
   *
   * @param arguments its index, its directory, configuration, and the ports of all
   */
  public static void main(String[] arguments) throws IOException {
    HeapWatch.start();
    List<Integer> ports = new ArrayList<>();
    for (int i = 3; i < arguments.length; i++) {
      ports.add(Integer.valueOf(arguments[i]));
    }
    MemberProcess process =
        new MemberProcess(
            Integer.parseInt(arguments[0]),
            Path.of(arguments[1]),
            ConfigFactory.parseString(arguments[2]),
            ports);
    try {
      process.obey();
    } finally {
      process.system.terminate();
    }
  }

  private void obey() throws IOException {
    BufferedReader orders =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = orders.readLine(); line != null; line = orders.readLine()) {
      String[] order = line.split(" ", 2);
      switch (order[0]) {
        case "role" -> member.status().thenAccept(status -> answer("role", status.role().name()));
        case "usage" -> answer("usage", usage().toLine());
        case "applied" ->
            counter.reaches(Long.parseLong(order[1])).thenRun(() -> answer("applied", order[1]));
        case "load" -> new Thread(() -> load(Load.parse(order[1])), "load").start();
        default -> throw new IllegalArgumentException("no such order: " + line);
      }
    }
  }

  /** What was applied was journalled before, so then the store is open. */
  private Usage usage() {
    long applied = counter.count();
    long flushes =
        applied == 0 ? 0 : WalStores.get(Adapter.toClassic(system)).counters(wal).flushes();
    return Usage.ofThisProcess(flushes, applied);
  }

  private void load(Load load) {
    try {
      answer("load", ClosedLoop.run(member, load).toLine());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void answer(String to, String text) {
    System.out.println(ANSWER + to + " " + text);
  }
}
