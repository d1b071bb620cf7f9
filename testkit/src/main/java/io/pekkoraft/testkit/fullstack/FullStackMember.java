package io.pekkoraft.testkit.fullstack;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.pekkoraft.api.RaftGroup;
import io.pekkoraft.api.StateMachine;
import io.pekkoraft.log.Configuration;
import io.pekkoraft.log.GroupIdentity;
import io.pekkoraft.log.Member;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.node.RaftNode;
import io.pekkoraft.node.RaftNodeSettings;
import io.pekkoraft.persistence.JournalSettings;
import io.pekkoraft.role.NodeSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;

/** A member of a {@link FullStackCluster}: starts and stops on its machine as often as told. */
final class FullStackMember {
  private static final GroupIdentity GROUP = new GroupIdentity("simulated", "group", 1);
  static final String JOURNAL = "/data/journal";
  static final String DESCRIPTORS = "/data/snapshot-descriptors";
  static final String SNAPSHOTS = "/data/snapshots";

  /**
   * What the members of a group have in common.
   *
   * @param stateMachine makes a fresh one for each start of a member
   */
  record Group(
      NodeSettings settings,
      Configuration members,
      Supplier<? extends StateMachine> stateMachine,
      ClientHistory history,
      MessageChecks messages,
      DiskChecks disks,
      ProtocolChecks checks) {}

  private final Group common;
  private final Machine machine;
  private final Member member;
  private Config config;
  private boolean founded;
  private @Nullable Life life;
  private @Nullable RaftGroup group;
  private @Nullable StateMachine stateMachine;
  private @Nullable CheckedStateMachine checked;

  /**
   * @param config of its actor system
   */
  FullStackMember(Group common, Machine machine, Member member, Config config) {
    this.common = common;
    this.machine = machine;
    this.member = member;
    this.config = config;
    machine.disk().onDelete(SNAPSHOTS, common.disks()::deletes);
  }

  /** What every member's actor system is configured with. */
  static Config config() {
    return ConfigFactory.parseMap(
        Map.of(
            "pekko-raft.persistence.journal.directory",
            JOURNAL,
            "pekko-raft.persistence.journal.segment-size",
            "64 KiB",
            "pekko-raft.persistence.journal.free-space-reserve",
            0,
            "pekko-raft.persistence.snapshot-store.directory",
            DESCRIPTORS,
            "pekko.log-dead-letters",
            "off",
            "pekko.log-dead-letters-during-shutdown",
            "off"));
  }

  /** What a member's disk would hold if the power went now. */
  static DurableLog durable(Machine machine) {
    Disk disk = machine.disk();
    if (!disk.isSpoiled()) {
      return DurableLog.read(
          disk.durable(JOURNAL), disk.durable(DESCRIPTORS), disk.durable(SNAPSHOTS));
    }
    StoredEvents stored = salvage(machine);
    return stored == null
        ? DurableLog.unreadable()
        : DurableLog.of(stored, disk.durable(SNAPSHOTS), true);
  }

  /** The events on a member's disk, also behind damage; null if nothing can be read. */
  static @Nullable StoredEvents salvage(Machine machine) {
    Disk disk = machine.disk();
    return StoredEvents.salvage(
        disk.durable(JOURNAL),
        disk.durable(DESCRIPTORS),
        JournalSettings.persistenceId(GROUP, NodeId.of(machine.name())));
  }

  Machine machine() {
    return machine;
  }

  private boolean hasSystem() {
    return life != null && machine.life() == life;
  }

  boolean runs() {
    return hasSystem() && group != null;
  }

  /**
   * Its handle.
   *
   * @throws IllegalStateException if it does not run
   */
  RaftGroup group() {
    RaftGroup running = group;
    if (running == null || !hasSystem()) {
      throw new IllegalStateException("member " + machine.name() + " does not run");
    }
    return running;
  }

  /** The state machine of its newest start, or null if it was never started. */
  @Nullable StateMachine stateMachine() {
    return stateMachine;
  }

  /** The index of the last command that the state machine of its newest start has applied. */
  long appliedIndex() {
    CheckedStateMachine newest = checked;
    return newest == null ? 0 : newest.lastIndex();
  }

  /** Whoever speaks has a log on its disk, and may found none any more. */
  void speaks() {
    founded = true;
  }

  /** Configuration of its actor system above what there is, from its next start on. */
  void override(Config overrides) {
    config = overrides.withFallback(config);
  }

  // --- it comes and goes

  /** As {@link FullStackCluster#start}. */
  void start() {
    if (!hasSystem()) {
      group = null;
      machine.start(Behaviors.empty(), config);
      life = machine.life();
    }
    if (group == null && !machine.isPaused()) {
      ActorSystem<?> system = machine.system();
      machine.run(() -> startIn(system));
    }
  }

  private void startIn(ActorSystem<?> system) {
    Config raft = system.settings().config().getConfig("pekko-raft");
    StateMachine fresh = common.stateMachine().get();
    CheckedStateMachine watched = new CheckedStateMachine(fresh, machine, common.history());
    stateMachine = fresh;
    checked = watched;
    founded |= common.disks().look(machine).founded();
    common.messages().started(machine);
    boolean mayFound = !founded;
    RaftGroup started =
        RaftNode.start(
            system,
            new RaftNodeSettings(
                GROUP,
                member.id(),
                member.incarnation(),
                common.members(),
                mayFound,
                watched,
                Path.of(SNAPSHOTS),
                common.settings(),
                raft.getString("journal-plugin"),
                raft.getString("snapshot-plugin"),
                raft.getInt("max-requests")));
    group = new ObservedGroup(started, machine, common.history(), common.checks());
  }

  /** As {@link FullStackCluster#stop}. */
  void stop(Duration timeout, Runnable then) {
    Life stopping = life;
    group()
        .stop(timeout)
        .whenComplete(
            (done, late) ->
                machine.world().schedule(0, () -> hasStopped(stopping, late != null, then)));
  }

  private void hasStopped(@Nullable Life of, boolean late, Runnable then) {
    if (machine.life() != of) {
      return; // the process has ended meanwhile
    }
    RaftGroup stopped = group;
    group = null;
    if (late) {
      machine.kill();
    } else if (stopped != null && stopped.leadership() != null) {
      machine.world().violation("I30 who has stopped leads no more", machine.name());
    }
    then.run();
  }
}
