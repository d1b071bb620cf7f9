package io.pekkoraft.testkit.real;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.pekkoraft.api.RaftGroup;
import io.pekkoraft.api.RaftStatus;
import io.pekkoraft.api.StateMachine;
import io.pekkoraft.log.Configuration;
import io.pekkoraft.log.GroupIdentity;
import io.pekkoraft.log.Member;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.node.RaftNode;
import io.pekkoraft.node.RaftNodeSettings;
import io.pekkoraft.node.SettingsReader;
import io.pekkoraft.persistence.wal.WalCounters;
import io.pekkoraft.persistence.wal.WalStores;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;

/**
 * A group of real members in this process, formed by decree. Not safe for use by several threads.
 *
 * <p>Stopping a member ends its actor system; what it confirmed is on its disk, as after the end of
 * a process. (A loss of power is for the simulator.)
 */
public final class RealCluster implements AutoCloseable {
  private static final GroupIdentity GROUP = new GroupIdentity("real", "group", 1);

  private static final class Place {
    final NodeId id;
    final long incarnation;
    final Path directory;
    int port;
    boolean founded;
    @Nullable ActorSystem<Void> system;
    @Nullable RaftGroup handle;
    @Nullable StateMachine stateMachine;

    Place(NodeId id, long incarnation, Path directory) {
      this.id = id;
      this.incarnation = incarnation;
      this.directory = directory;
    }
  }

  private final Map<NodeId, Place> places = new LinkedHashMap<>();
  private final Config config;
  private final Supplier<? extends StateMachine> stateMachine;
  private @Nullable Configuration members;

  /**
   * Starts {@code size} members, named a, b, c...
   *
   * @param directory each member gets a directory in it; it may hold those of an earlier cluster of
   *     the same size
   * @param overrides configuration before {@code reference.conf}
   * @param stateMachine makes a fresh one for each start of a member
   */
  public RealCluster(
      int size, Path directory, Config overrides, Supplier<? extends StateMachine> stateMachine) {
    this.config = overrides;
    this.stateMachine = stateMachine;
    for (int i = 0; i < size; i++) {
      NodeId id = NodeId.of(String.valueOf((char) ('a' + i)));
      places.put(id, new Place(id, i + 1, directory.resolve(id.value())));
    }
    // Ports are free ones: all systems have to be there before the first member can be told of the
    // others.
    places.values().forEach(this::startSystem);
    List<Member> voters = new ArrayList<>();
    for (Place place : places.values()) {
      voters.add(new Member(place.id, place.incarnation, address(place)));
    }
    members = new Configuration(voters);
    places.values().forEach(this::startMember);
  }

  private static String address(Place place) {
    return "pekko://" + place.id + "@127.0.0.1:" + place.port;
  }

  private static Path wal(Place place) {
    return place.directory.resolve("wal");
  }

  private void startSystem(Place place) {
    Config all =
        ConfigFactory.parseMap(
                Map.of(
                    "pekko.actor.provider",
                    "remote",
                    "pekko.remote.artery.advanced.compression.actor-refs.max",
                    "off",
                    "pekko.remote.artery.canonical.hostname",
                    "127.0.0.1",
                    "pekko.remote.artery.canonical.port",
                    place.port,
                    "pekko-raft.persistence.journal.directory",
                    wal(place).toString(),
                    "pekko-raft.persistence.snapshot-store.directory",
                    place.directory.resolve("descriptors").toString()))
            .withFallback(config)
            .withFallback(ConfigFactory.load());
    ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), place.id.value(), all);
    place.system = system;
    Address bound =
        ((ExtendedActorSystem) Adapter.toClassic(system)).provider().getDefaultAddress();
    place.port = (Integer) bound.port().get();
  }

  private void startMember(Place place) {
    ActorSystem<Void> system = place.system;
    Configuration all = members;
    if (system == null || all == null) {
      throw new IllegalStateException("no actor system for " + place.id);
    }
    Config raft = system.settings().config().getConfig("pekko-raft");
    StateMachine fresh = stateMachine.get();
    place.stateMachine = fresh;
    place.handle =
        RaftNode.start(
            system,
            new RaftNodeSettings(
                GROUP,
                place.id,
                place.incarnation,
                all,
                !place.founded,
                fresh,
                place.directory.resolve("snapshots"),
                SettingsReader.protocol(raft),
                raft.getString("journal-plugin"),
                raft.getString("snapshot-plugin"),
                raft.getInt("max-requests")));
    place.founded = true;
  }

  public List<NodeId> ids() {
    return List.copyOf(places.keySet());
  }

  private Place place(NodeId id) {
    Place place = places.get(id);
    if (place == null) {
      throw new IllegalArgumentException("there is no member " + id);
    }
    return place;
  }

  /**
   * @throws IllegalStateException if the member is stopped
   */
  public RaftGroup member(NodeId id) {
    RaftGroup handle = place(id).handle;
    if (handle == null) {
      throw new IllegalStateException("member " + id + " is stopped");
    }
    return handle;
  }

  /** The state machine of a member's present start; its actor goes on changing it. */
  public StateMachine stateMachine(NodeId id) {
    StateMachine present = place(id).stateMachine;
    if (present == null) {
      throw new IllegalStateException("member " + id + " was never started");
    }
    return present;
  }

  /**
   * What the journal of a member has written and flushed.
   *
   * @throws IllegalStateException if the member is stopped, or does not use the write-ahead journal
   */
  public WalCounters journal(NodeId id) {
    ActorSystem<Void> system = place(id).system;
    if (system == null) {
      throw new IllegalStateException("member " + id + " is stopped");
    }
    return WalStores.get(Adapter.toClassic(system)).counters(wal(place(id)));
  }

  public RaftStatus status(NodeId id) {
    return member(id).status().toCompletableFuture().join();
  }

  /** A running member that leads, or null. */
  public @Nullable NodeId leader() {
    for (Place place : places.values()) {
      if (place.handle != null && status(place.id).role() == RaftStatus.Role.LEADER) {
        return place.id;
      }
    }
    return null;
  }

  /** Ends a member's actor system; returns when it has ended. */
  public void stop(NodeId id) {
    Place place = place(id);
    ActorSystem<Void> system = place.system;
    if (system != null) {
      system.terminate();
      system.getWhenTerminated().toCompletableFuture().join();
      place.system = null;
      place.handle = null;
    }
  }

  /** Starts a stopped member again, on its data and at its address. */
  public void start(NodeId id) {
    Place place = place(id);
    if (place.system == null) {
      startSystem(place);
      startMember(place);
    }
  }

  @Override
  public void close() {
    ids().forEach(this::stop);
  }
}
