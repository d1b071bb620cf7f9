package io.pekkoraft.testkit.fullstack;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.pekkoraft.api.Outcome;
import io.pekkoraft.role.NodeSettings;
import io.pekkoraft.testkit.Pictures;
import io.pekkoraft.testkit.keyvalue.KeyValueClients;
import io.pekkoraft.testkit.keyvalue.KeyValueMachine;
import io.pekkoraft.testkit.linearizability.KeyValueSpecification;
import io.pekkoraft.testkit.linearizability.LinearizabilityChecker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/**
 * One random run of the whole stack, of a group that replicates keys and values: a plan says which
 * faults there are; they come for a while; then all is calm, and the group has to recover. What
 * clients were told must be linearizable.
 */
public final class FullStackSwarm {
  private static final Duration CALM = Duration.ofSeconds(20);
  private static final Duration STABLE = Duration.ofSeconds(5);
  private static final Duration LONGEST_REQUEST = Duration.ofSeconds(5);
  private static final long MOST_GAP_NANOS = 300_000_000;

  /** So many terms may pass until there is a leader again (L4). */
  private static final long MOST_TERMS = 3;

  /**
   * How a run went; that it returned says that no invariant was violated.
   *
   * @param steps mailbox runs, tasks, timers and arrivals
   * @param looks how often a promise was compared with a disk
   * @param searched operations whose history was searched for an explanation
   * @param withoutLoss damages that did not matter: their members took part again
   * @param out members that have lost files, or what was in them: they take no part
   * @param faults how often each came; those that the seed did not draw are left out
   */
  public record Result(
      long seed,
      long steps,
      long looks,
      long statuses,
      int acknowledged,
      int indeterminate,
      int refused,
      long searched,
      int withoutLoss,
      int out,
      long traceHash,
      Map<FullStackFault, Long> faults) {}

  private final FullStackPlan plan;
  private final VirtualWorld world;
  private final FullStackCluster cluster;
  private final FullStackFaults faults;
  private final StatusChecks statuses;
  private final KeyValueClients<String> clients;
  private long searched;

  /** Those that take part in the calm: all but whom damage has taken out. */
  private List<String> members = List.of();

  private FullStackSwarm(FullStackPlan plan, String replay) {
    SplittableRandom random = plan.random();
    this.plan = plan;
    this.world = VirtualWorld.of(random.nextLong(), replay);
    this.cluster =
        FullStackCluster.in(
            world,
            plan.members(),
            settings(random),
            configuration(random),
            () -> new NumberedCommands(new KeyValueMachine()));
    this.faults = new FullStackFaults(cluster, plan, random.split());
    this.statuses = new StatusChecks(cluster);
    this.clients =
        new KeyValueClients<>(
            new FullStackClients(cluster, random.split()),
            random.split(),
            asker -> asker,
            plan.clients(),
            MOST_GAP_NANOS);
  }

  /** Logs are cut often, and a snapshot is several parts. */
  private static NodeSettings settings(SplittableRandom random) {
    return new NodeSettings(
        Duration.ofMillis(100),
        Duration.ofMillis(1000),
        0.1,
        random.nextInt(1, 32),
        random.nextInt(64, 4096),
        random.nextInt(1, 9),
        1024,
        random.nextLong(2_000, 30_000),
        random.nextLong(500, 10_000),
        random.nextInt(8, 120));
  }

  private static Config configuration(SplittableRandom random) {
    int[] throughputs = {1, 5, 64};
    return ConfigFactory.parseMap(
        Map.of(
            "pekko-raft.dispatcher.throughput", throughputs[random.nextInt(3)],
            "pekko-raft.state-machine-dispatcher.throughput", throughputs[random.nextInt(3)],
            "pekko-raft.persistence.journal-dispatcher.throughput",
                throughputs[random.nextInt(3)]));
  }

  /**
   * Runs a plan; a run that fails gets a picture.
   *
   * @param replay the command that runs it again, for the report
   * @throws AssertionError if something happened that must not, or nothing happened that must
   */
  static Result drawn(FullStackPlan plan, String replay) {
    String kind = plan.equals(FullStackPlan.of(plan.seed())) ? "" : "-smaller";
    return Pictures.of("fullstack-" + plan.seed() + kind, () -> run(plan, replay));
  }

  static Result run(FullStackPlan plan, String replay) {
    FullStackSwarm swarm = new FullStackSwarm(plan, replay);
    swarm.run();
    ClientHistory history = swarm.cluster.history();
    return new Result(
        plan.seed(),
        swarm.world.steps(),
        swarm.cluster.disks().looks(),
        swarm.statuses.count(),
        history.acknowledged(),
        history.indeterminate(),
        history.refused(),
        swarm.searched,
        swarm.faults.files().withoutLoss(),
        plan.members() - swarm.members.size(),
        swarm.world.traceHash(),
        swarm.faults.counts());
  }

  private void run() {
    faults.prepare();
    cluster.names().forEach(cluster::start);
    clients.start();
    statuses.begin();
    faults.begin();
    world.elapse(Duration.ofMillis(plan.faultMillis()));
    faults.end();
    recover();
    stayAsItIs();
    requireSameMembers();
    searched =
        new LinearizabilityChecker<>(new KeyValueSpecification())
            .check(clients.history())
            .orFail()
            .operations();
    if (plan.equals(FullStackPlan.of(plan.seed()))) {
      requireFaults();
    }
  }

  private void requireSameMembers() {
    List<String> now = faults.files().takingPart(statuses);
    if (!now.equals(members)) {
      throw world.failure("of " + members + " now take part " + now);
    }
  }

  private void requireFaults() {
    List<FullStackFault> missing = faults.missing();
    if (!missing.isEmpty()) {
      throw world.failure("a run without its faults shows nothing: " + missing);
    }
  }

  private void must(String what, Duration within, BooleanSupplier condition) {
    if (!world.await(condition, within)) {
      throw world.violated(what, "not within " + within);
    }
  }

  /**
   * L1 to L4: a leader soon, a commit through every member, all members the same, few terms; of
   * those whose files are whole.
   */
  private void recover() {
    long termBefore = cluster.checks().highestTerm();
    must("L1 a leader is elected", FullStackCluster.ELECTION_LIMIT, () -> cluster.leader() != null);
    clients.stop();
    world.elapse(LONGEST_REQUEST);
    members = faults.files().takingPart(statuses);
    List<CompletableFuture<Outcome>> answers = new ArrayList<>();
    for (String name : members) {
      byte[] nothing = NumberedCommands.command(-1 - answers.size(), 0, new byte[0]);
      answers.add(cluster.group(name).propose(nothing, LONGEST_REQUEST).toCompletableFuture());
    }
    must(
        "L5 no client waits beyond its deadline",
        CALM,
        () -> answers.stream().allMatch(CompletableFuture::isDone));
    for (CompletableFuture<Outcome> answer : answers) {
      if (!(answer.join() instanceof Outcome.Committed)) {
        throw world.violated("L2 a command is committed", answer.join().toString());
      }
    }
    must(
        "L3 all members converge",
        CALM,
        () ->
            members.stream()
                .allMatch(name -> cluster.appliedIndex(name) == cluster.history().lastApplied()));
    long terms = cluster.checks().highestTerm() - termBefore;
    if (terms > MOST_TERMS) {
      throw world.violated("L4 few terms are needed", terms + " after " + termBefore);
    }
  }

  /** L7: whoever leads goes on, also when two of the others do not hear each other. */
  private void stayAsItIs() {
    String leader = cluster.awaitLeader();
    long term = cluster.checks().highestTerm();
    List<String> others = members.stream().filter(name -> !name.equals(leader)).toList();
    if (others.size() > 1) {
      cluster.cut(others.get(0), others.get(1));
    }
    world.elapse(STABLE);
    if (!leader.equals(cluster.leader()) || cluster.checks().highestTerm() != term) {
      throw world.violated("L7 a leader that reaches all stays", leader + " in term " + term);
    }
  }
}
