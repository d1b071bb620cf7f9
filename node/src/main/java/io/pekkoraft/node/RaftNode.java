package io.pekkoraft.node;

import io.pekkoraft.api.Leadership;
import io.pekkoraft.api.RaftGroup;
import io.pekkoraft.api.RaftStatus;
import io.pekkoraft.codec.SerializationCheck;
import io.pekkoraft.log.Configuration;
import io.pekkoraft.log.GroupIdentity;
import io.pekkoraft.log.JournalEvent.Founded;
import io.pekkoraft.log.Member;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.log.SnapshotDescriptor;
import io.pekkoraft.message.NodeCommand;
import io.pekkoraft.persistence.Journal;
import io.pekkoraft.persistence.JournalSettings;
import io.pekkoraft.persistence.PersistentJournal;
import io.pekkoraft.persistence.RecoveredLog;
import io.pekkoraft.persistence.file.Storage;
import io.pekkoraft.persistence.file.StorageProvider;
import io.pekkoraft.persistence.snapshot.SnapshotFiles;
import io.pekkoraft.role.NodeIdentity;
import io.pekkoraft.role.NodeRuntime;
import io.pekkoraft.role.Recovering;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

/** Starts a member of a group in an actor system. */
public final class RaftNode {
  static final String DISPATCHER = "pekko-raft.dispatcher";
  private static final String STATE_MACHINE_DISPATCHER = "pekko-raft.state-machine-dispatcher";
  private static final String SNAPSHOT_STORAGE = "pekko-raft.snapshot-storage-provider";

  private RaftNode() {}

  /**
   * The name of the actor that a member of this group has below {@code /system}, on every member
   * alike.
   */
  public static String actorName(GroupIdentity group) {
    return "pekko-raft-" + group.group();
  }

  /**
   * Starts a member. It recovers, then takes part; until then, and whenever there is no leader,
   * requests are refused with the reason.
   *
   * @param system its Artery address must be this member's address in {@code settings.members()}
   * @return the member's handle, at once
   * @throws IllegalStateException if the system's serialization or remoting would lose messages;
   *     says what to set
   * @throws UncheckedIOException if the snapshot directory cannot be used
   * @throws org.apache.pekko.actor.InvalidActorNameException if a member of the group runs in this
   *     actor system; whatever is thrown, nothing that was begun goes on
   */
  public static RaftGroup start(ActorSystem<?> system, RaftNodeSettings settings) {
    return start(system, settings, new AddressBook(addresses(settings.members())));
  }

  /**
   * As {@link #start(ActorSystem, RaftNodeSettings)}, with members that may move.
   *
   * @param book where the members are; may change at any time
   */
  public static RaftGroup start(
      ActorSystem<?> system, RaftNodeSettings settings, AddressBook book) {
    return start(system, settings, book, reason -> {});
  }

  /**
   * As {@link #start(ActorSystem, RaftNodeSettings, AddressBook)}.
   *
   * @param onFailure told the reason, once at most, by the member's actor, when it fails and takes
   *     no part any more; must not throw
   */
  public static RaftGroup start(
      ActorSystem<?> system,
      RaftNodeSettings settings,
      AddressBook book,
      Consumer<String> onFailure) {
    SerializationCheck.check(system);
    RemotingCheck.check(system);
    RemotingCheck.checkSizes(system, settings.protocol());
    TimeAndChance time = TimeAndChance.of(system);
    Gate gate =
        new Gate(
            settings.maxRequests(), time::monotonicNanos, settings.protocol().heartbeatInterval());
    SnapshotFiles files = open(system, settings.snapshotDirectory());
    Undertaker undertaker = new Undertaker(system, gate, files);
    try {
      undertaker.start(actorName(settings.group()));
      ActorRef<NodeCommand> node =
          system.systemActorOf(
              behavior(settings, book, files, undertaker.leadership(), onFailure),
              actorName(settings.group()),
              DispatcherSelector.fromConfig(DISPATCHER));
      undertaker.watch(node);
      gate.open(() -> node.tell(new NodeCommand.Proposals(gate::draw)));
      return new LocalRaftGroup(
          system,
          gate,
          node,
          new LastStatus(notYetAsked(settings)),
          undertaker.leadership(),
          new OrderedStop(
              system,
              gate,
              () -> Adapter.toClassic(system).stop(Adapter.toClassic(node)),
              undertaker.ended()));
    } catch (RuntimeException | Error failed) {
      undertaker.startFailed();
      throw failed;
    }
  }

  private static SnapshotFiles open(ActorSystem<?> system, Path directory) {
    StorageProvider provider =
        StorageProvider.named(
            system.settings().config().getString(SNAPSHOT_STORAGE),
            system.dynamicAccess().classLoader());
    try {
      return open(provider.open(directory));
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  private static SnapshotFiles open(Storage storage) throws IOException {
    try {
      return SnapshotFiles.open(storage);
    } catch (IOException | RuntimeException | Error failed) {
      try {
        storage.close();
      } catch (IOException e) {
        failed.addSuppressed(e);
      }
      throw failed;
    }
  }

  private static Map<NodeId, String> addresses(Configuration members) {
    return members.voters().stream().collect(Collectors.toMap(Member::id, Member::address));
  }

  private static Behavior<NodeCommand> behavior(
      RaftNodeSettings settings,
      AddressBook book,
      SnapshotFiles files,
      AtomicReference<@Nullable Leadership> leadership,
      Consumer<String> onFailure) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers ->
                    recovering(context, timers, settings, book, files, leadership, onFailure)));
  }

  private static Recovering recovering(
      ActorContext<NodeCommand> context,
      TimerScheduler<NodeCommand> timers,
      RaftNodeSettings settings,
      AddressBook book,
      SnapshotFiles files,
      AtomicReference<@Nullable Leadership> leadership,
      Consumer<String> onFailure) {
    ActorRef<NodeCommand> self = context.getSelf();
    DispatcherSelector blocking = DispatcherSelector.fromConfig(STATE_MACHINE_DISPATCHER);
    var stateMachine =
        context.spawn(
            StateMachineActor.create(settings.stateMachine(), files, self),
            "state-machine",
            blocking);
    var snapshotParts =
        context.spawn(SnapshotPartsActor.create(files, self), "snapshot-parts", blocking);
    failWith(context, stateMachine);
    failWith(context, snapshotParts);
    JournalSettings journalSettings =
        new JournalSettings(
            new Founded(
                settings.group(), settings.self(), settings.incarnation(), settings.members()),
            settings.mayFound(),
            settings.journalPlugin(),
            settings.snapshotPlugin());
    PersistentJournal journal =
        PersistentJournal.open(
            Adapter.toClassic(context),
            "journal",
            DISPATCHER,
            journalSettings,
            new JournalListener(self, snapshotParts));
    failWith(context, Adapter.toTyped(journal.actor()));
    TimeAndChance time = TimeAndChance.of(context.getSystem());
    ActorPorts ports =
        new ActorPorts(
            timers,
            new Peers(context.getSystem(), book, actorName(settings.group())),
            journal,
            stateMachine,
            snapshotParts,
            time,
            new SplittableRandom(time.random().nextLong()),
            NodeObservers.of(context.getSystem(), settings.group(), settings.self(), onFailure),
            leadership);
    NodeIdentity identity =
        new NodeIdentity(
            settings.group(),
            settings.self(),
            settings.incarnation(),
            time.newLife(),
            settings.members());
    return new Recovering(new NodeRuntime(identity, settings.protocol(), ports));
  }

  /**
   * A helper that was stopped must not leave a member that only seems to work. One that told of a
   * failure first is heard first.
   */
  private static void failWith(ActorContext<NodeCommand> context, ActorRef<?> helper) {
    IllegalStateException cause =
        new IllegalStateException("the actor " + helper.path().name() + " has stopped");
    context.watchWith(helper, new NodeCommand.StorageFailed(cause));
  }

  private static RaftStatus notYetAsked(RaftNodeSettings settings) {
    return new RaftStatus(
        settings.group(),
        settings.self(),
        RaftStatus.Role.RECOVERING,
        0,
        null,
        0,
        0,
        0,
        0,
        0,
        0,
        settings.members(),
        "");
  }

  /** Turns what the journal says into messages to the node. */
  private record JournalListener(
      ActorRef<NodeCommand> node, ActorRef<SnapshotPartsActor.Command> snapshotParts)
      implements Journal.Listener {

    @Override
    public void recovered(RecoveredLog log) {
      node.tell(new NodeCommand.Recovered(log));
    }

    @Override
    public void persisted(long ticket) {
      node.tell(new NodeCommand.Persisted(ticket));
    }

    @Override
    public void compacted(SnapshotDescriptor snapshot) {
      snapshotParts.tell(new SnapshotPartsActor.DeleteBefore(snapshot.index()));
    }

    @Override
    public void failed(Throwable cause) {
      node.tell(new NodeCommand.StorageFailed(cause));
    }
  }
}
