package io.pekkoraft.session;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.pekkoraft.api.RaftGroup;
import io.pekkoraft.coordination.CoordinationTable;
import io.pekkoraft.log.Configuration;
import io.pekkoraft.log.GroupIdentity;
import io.pekkoraft.log.Member;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.node.AddressBook;
import io.pekkoraft.node.RaftNode;
import io.pekkoraft.node.RaftNodeSettings;
import io.pekkoraft.node.SettingsReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;

/**
 * Members a, b and c of a coordination group, and clients, each with an actor system of its own
 * that talks over Artery; members have real journals.
 */
final class Processes implements AutoCloseable {
  private static final long DEADLINE_NANOS = 60_000_000_000L;

  record Place(String id, ActorSystem<Void> system, @Nullable RaftGroup group, Session session) {}

  private final Path directory;
  private final String more;
  private final Map<NodeId, String> addresses = new LinkedHashMap<>();
  private final Map<String, Place> running = new LinkedHashMap<>();
  private final List<ActorSystem<Void>> started = new ArrayList<>();

  Processes(Path directory, String more) {
    this.directory = directory;
    this.more = more;
    Map<String, ActorSystem<Void>> systems = new LinkedHashMap<>();
    List<Member> voters = new ArrayList<>();
    for (String id : List.of("a", "b", "c")) {
      ActorSystem<Void> system = system(id);
      systems.put(id, system);
      addresses.put(NodeId.of(id), address(system));
      voters.add(new Member(NodeId.of(id), voters.size() + 1L, address(system)));
    }
    Configuration members = new Configuration(voters);
    systems.forEach((id, system) -> startMember(id, system, members));
  }

  private ActorSystem<Void> system(String id) {
    Config config =
        ConfigFactory.parseString(more)
            .withFallback(
                ConfigFactory.parseString(
                    """
                    pekko.loglevel = ERROR
                    pekko.actor.provider = remote
                    pekko.remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
                    pekko.remote.artery.advanced.compression.actor-refs.max = off
                    pekko.coordinated-shutdown.run-by-actor-system-terminate = off
                    pekko.coordinated-shutdown.run-by-jvm-shutdown-hook = off
                    pekko-raft.persistence.journal.directory = "%s"
                    pekko-raft.persistence.journal.segment-size = 1 MiB
                    pekko-raft.persistence.snapshot-store.directory = "%s"
                    """
                        .formatted(
                            directory.resolve(id).resolve("wal"),
                            directory.resolve(id).resolve("descriptors"))))
            .withFallback(ConfigFactory.load());
    ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), id, config);
    started.add(system);
    return system;
  }

  private static String address(ActorSystem<?> system) {
    return ((ExtendedActorSystem) Adapter.toClassic(system))
        .provider()
        .getDefaultAddress()
        .toString();
  }

  private void startMember(String id, ActorSystem<Void> system, Configuration members) {
    Config raft = system.settings().config().getConfig("pekko-raft");
    CoordinationTable table = new CoordinationTable();
    RaftGroup group =
        RaftNode.start(
            system,
            new RaftNodeSettings(
                new GroupIdentity("test", "coordination", 1),
                NodeId.of(id),
                id.charAt(0) - 'a' + 1L,
                members,
                true,
                table,
                directory.resolve(id).resolve("snapshots"),
                SettingsReader.protocol(raft),
                raft.getString("journal-plugin"),
                raft.getString("snapshot-plugin"),
                raft.getInt("max-requests")),
            new AddressBook(addresses));
    start(id, system, group, new Coordination.Hosted(group, table));
  }

  private Place start(
      String id,
      ActorSystem<Void> system,
      @Nullable RaftGroup group,
      Coordination.@Nullable Hosted hosted) {
    CoordinationSettings settings =
        CoordinationSettings.of(system.settings().config().getConfig("pekko-raft"));
    Place process =
        new Place(id, system, group, Coordination.start(system, settings, () -> addresses, hosted));
    running.put(id, process);
    return process;
  }

  Place startClient(String id) {
    return start(id, system(id), null, null);
  }

  Place get(String id) {
    Place process = running.get(id);
    if (process == null) {
      throw new IllegalArgumentException("no process " + id);
    }
    return process;
  }

  List<Place> all() {
    return List.copyOf(running.values());
  }

  /** The process whose member leads; waits until there is one. */
  Place leader() {
    List<Place> found = new ArrayList<>();
    await(
        "a member leads",
        () -> {
          for (Place process : running.values()) {
            RaftGroup group = process.group();
            if (group != null && group.leadership() != null) {
              found.add(process);
            }
          }
          return !found.isEmpty();
        });
    return found.get(0);
  }

  /** Ends a process without a word. */
  void kill(Place process) {
    running.remove(process.id());
    process.system().terminate();
  }

  @Override
  public void close() {
    started.forEach(ActorSystem::terminate);
    // Those that were killed too: the directory is deleted after this.
    started.forEach(system -> system.getWhenTerminated().toCompletableFuture().join());
  }

  static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + DEADLINE_NANOS;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("it did not come to be that " + what);
      }
      LockSupport.parkNanos(2_000_000); // the condition is what is awaited, not the time
    }
  }
}
