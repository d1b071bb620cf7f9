package io.pekkoraft.lease;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.coordination.lease.javadsl.Lease;
import org.apache.pekko.coordination.lease.javadsl.LeaseProvider;
import org.apache.pekko.remote.RARP;
import org.apache.pekko.remote.RemoteTransport;
import org.apache.pekko.remote.transport.ThrottlerTransportAdapter;

/**
 * Actor systems of one application in one JVM, as a Pekko Cluster over Artery, the first three of
 * which host the coordination group. Links between them can be cut.
 */
@SuppressWarnings("deprecation") // what Artery's test mode is told in belongs to the old remoting
final class StockSystems implements AutoCloseable {
  private static final String NAME = "stock";
  private static final String IDS = "abcde";
  private static final int MEMBERS = 3;
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final CountDownLatch NEVER = new CountDownLatch(1);

  /** A cluster with short times, and as an application would have it else. */
  private static final String BASE =
      """
      pekko {
        loglevel = WARNING
        actor.provider = cluster
        remote.artery {
          canonical.hostname = "127.0.0.1"
          advanced.test-mode = on
          advanced.compression.actor-refs.max = off
        }
        cluster {
          jmx.multi-mbeans-in-same-jvm = on
          gossip-interval = 200ms
          leader-actions-interval = 200ms
          unreachable-nodes-reaper-interval = 200ms
          periodic-tasks-initial-delay = 200ms
          failure-detector { heartbeat-interval = 200ms, acceptable-heartbeat-pause = 2s }
          downing-provider-class = "org.apache.pekko.cluster.sbr.SplitBrainResolverProvider"
          split-brain-resolver { active-strategy = keep-majority, stable-after = 2s }
          distributed-data.durable.keys = []
          sharding.distributed-data.durable.keys = []
        }
        coordinated-shutdown {
          exit-jvm = off
          run-by-jvm-shutdown-hook = off
          run-by-actor-system-terminate = off
        }
      }
      pekko.actor.typed.extensions = ["io.pekkoraft.cluster.PekkoRaft$Id"]
      pekko-raft.coordination.start = at-once
      pekko-raft.lease { heartbeat-timeout = 3s, lease-operation-timeout = 3s }
      """;

  private final List<ActorSystem<Void>> systems = new ArrayList<>();

  private StockSystems() {}

  /**
   * @param application what an application would configure
   */
  static StockSystems start(int count, Path directory, String application) {
    StockSystems started = new StockSystems();
    List<Integer> ports = freePorts(count);
    for (int i = 0; i < count; i++) {
      Config config =
          ConfigFactory.parseString(own(i, ports, directory))
              .withFallback(ConfigFactory.parseString(application))
              .withFallback(ConfigFactory.parseString(BASE))
              .withFallback(ConfigFactory.load());
      started.systems.add(ActorSystem.create(Behaviors.empty(), NAME, config.resolve()));
      // One after the other, so that the order of their ages is known.
      started.untilAllAreUp();
    }
    IntStream.range(0, count).forEach(started::untilServed);
    return started;
  }

  private void untilServed(int i) {
    Lease lease = lease(i, "served", "system " + i);
    until(
        "system " + i + " gets a lease",
        () -> lease.acquire().toCompletableFuture().exceptionally(failure -> false).join());
    until("system " + i + " gives it back", () -> released(lease));
  }

  /** False if nobody can say. */
  static boolean released(Lease lease) {
    return lease.release().toCompletableFuture().exceptionally(failure -> false).join();
  }

  private void untilAllAreUp() {
    IntStream.range(0, systems.size())
        .forEach(i -> until("all see all up", () -> membersUp(i) == systems.size()));
  }

  private static String own(int i, List<Integer> ports, Path directory) {
    String members =
        IntStream.range(0, MEMBERS)
            .mapToObj(
                member ->
                    "{ id = %s, host = \"127.0.0.1\", port = %d }"
                        .formatted(IDS.charAt(member), ports.get(member)))
            .collect(Collectors.joining(", "));
    return """
    pekko.remote.artery.canonical.port = %d
    pekko.cluster.seed-nodes = ["pekko://%s@127.0.0.1:%d"]
    pekko-raft.node { id = %s, data-dir = "%s", members = [ %s ] }
    """
        .formatted(
            ports.get(i),
            NAME,
            ports.get(0),
            i < MEMBERS ? IDS.charAt(i) : "\"\"",
            directory.resolve("system-" + i),
            members);
  }

  ActorSystem<Void> get(int i) {
    return systems.get(i);
  }

  /** As the Cluster names it when it asks for leases. */
  String hostPort(int i) {
    return Cluster.get(get(i)).selfMember().address().hostPort();
  }

  Lease lease(int i, String name, String owner) {
    return LeaseProvider.get(get(i)).getLease(name, "pekko-raft.lease", owner);
  }

  int membersUp(int seenBy) {
    int up = 0;
    for (var member : Cluster.get(get(seenBy)).state().getMembers()) {
      up += member.status() == MemberStatus.up() ? 1 : 0;
    }
    return up;
  }

  boolean isTerminated(int i) {
    return get(i).whenTerminated().isCompleted();
  }

  /** The system ends without a word to anybody: nothing is handed over, nobody leaves. */
  void end(int i) {
    get(i).terminate();
    until("system " + i + " has ended", () -> isTerminated(i));
  }

  // --- the network

  /** Whether anything passes between the two. */
  void link(int one, int other, boolean passes) {
    ThrottlerTransportAdapter.ThrottleMode mode =
        passes
            ? ThrottlerTransportAdapter.Unthrottled$.MODULE$
            : ThrottlerTransportAdapter.Blackhole$.MODULE$;
    throttle(one, other, mode);
    throttle(other, one, mode);
  }

  private void throttle(int at, int peer, ThrottlerTransportAdapter.ThrottleMode mode) {
    RemoteTransport transport = ((RARP) RARP.apply(get(at))).provider().transport();
    var unused =
        transport.managementCommand(
            new ThrottlerTransportAdapter.SetThrottle(
                Cluster.get(get(peer)).selfMember().address(), bothDirections(), mode));
  }

  /** Scala's nested object, of which Java knows no name. */
  private static ThrottlerTransportAdapter.Direction bothDirections() {
    try {
      return (ThrottlerTransportAdapter.Direction)
          Class.forName(ThrottlerTransportAdapter.Direction.class.getName() + "$Both$")
              .getField("MODULE$")
              .get(null);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("another version of Pekko?", e);
    }
  }

  // --- time

  static void until(String what, BooleanSupplier condition) {
    until(what, condition, () -> "");
  }

  static void until(String what, BooleanSupplier condition, Supplier<?> evidence) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError(
            "not within " + PATIENCE.toSeconds() + " s: " + what + "\n" + evidence.get());
      }
      pause();
    }
  }

  static void pause() {
    try {
      boolean unused = NEVER.await(20, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }

  @Override
  public void close() {
    systems.forEach(ActorSystem::terminate);
    for (ActorSystem<Void> system : systems) {
      system.getWhenTerminated().toCompletableFuture().join();
    }
  }

  private static List<Integer> freePorts(int count) {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
      }
      List<Integer> ports = sockets.stream().map(ServerSocket::getLocalPort).toList();
      for (ServerSocket socket : sockets) {
        socket.close();
      }
      return ports;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
