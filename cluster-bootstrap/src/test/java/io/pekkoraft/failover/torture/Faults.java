package io.pekkoraft.failover.torture;

import io.pekkoraft.failover.Board;
import io.pekkoraft.failover.NodeProcess;
import io.pekkoraft.failover.SingletonNodes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Does to the nodes what a {@link Kind} says, and undoes it. */
final class Faults {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Duration TO_BE_IDLE = Duration.ofMillis(100);

  /** Shorter than the handler grace. */
  private static final int HOLD_MILLIS = 80;

  private static final int BURST = 300;

  private final SingletonNodes nodes;
  private final Reports reports;
  private final int askEveryMillis;
  private final @Nullable Namespaces network;

  Faults(SingletonNodes nodes, Reports reports, int askEveryMillis, @Nullable Namespaces network) {
    this.nodes = nodes;
    this.reports = reports;
    this.askEveryMillis = askEveryMillis;
    this.network = network;
  }

  /**
   * What was done; times as {@link System#nanoTime}.
   *
   * @param began before anything was wrong
   * @param freeze null if no process was stopped
   * @param cutOff null if no node lost both others, in one direction at least
   */
  record Fault(long began, @Nullable Freeze freeze, @Nullable CutOff cutOff) {}

  /** The node was cut off all the time between these. */
  record CutOff(String node, long from, long until) {}

  /**
   * @param host where the instance is
   */
  Fault inflict(Kind kind, NodeProcess host, Duration time, SplittableRandom random)
      throws IOException, InterruptedException {
    return switch (kind) {
      case FREEZE_IDLE -> {
        nodes.tellAll("ask 0");
        Board.elapse(TO_BE_IDLE);
        yield freeze(host, time);
      }
      case FREEZE_MAILBOX -> {
        long handled = reports.handledCount();
        nodes.tellAll("burst " + BURST);
        reports.awaitHandled(handled + random.nextInt(1, BURST), PATIENCE);
        yield freeze(host, time);
      }
      case FREEZE_INSIDE -> {
        long inside = reports.insideCount();
        any(nodes.all(), random).tell("hold " + HOLD_MILLIS);
        reports.awaitInside(inside + 1, PATIENCE);
        yield freeze(host, time);
      }
      case DEAF -> cutOff(host, true, false, time);
      case MUTE -> cutOff(host, false, true, time);
      case ISOLATE_INSTANCE -> cutOff(host, true, true, time);
      case ISOLATE_LEADER -> cutOff(leader(host), true, true, time);
      case ONE_WAY -> {
        NodeProcess from = any(nodes.all(), random);
        NodeProcess to = any(nodes.othersThan(from), random);
        yield cut(List.of(new Link(from, to)), null, time);
      }
      case PARTIAL -> {
        NodeProcess one = any(nodes.all(), random);
        NodeProcess other = any(nodes.othersThan(one), random);
        yield cut(List.of(new Link(one, other), new Link(other, one)), null, time);
      }
    };
  }

  private static NodeProcess any(List<NodeProcess> nodes, SplittableRandom random) {
    return nodes.get(random.nextInt(nodes.size()));
  }

  private NodeProcess leader(NodeProcess otherwise) {
    return nodes.all().stream().filter(NodeProcess::leads).findFirst().orElse(otherwise);
  }

  // --- stopped processes

  private Fault freeze(NodeProcess host, Duration time) {
    long began = System.nanoTime();
    CompletableFuture<Freeze> freezing =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return Freeze.of(host.id(), host.child().pid(), time);
              } catch (IOException failed) {
                throw new UncheckedIOException(failed);
              }
            });
    // Meanwhile the others go on asking: much of it waits at the stopped process.
    nodes.othersThan(host).forEach(other -> other.tell("ask " + askEveryMillis));
    Freeze freeze = freezing.join();
    host.tell("ask " + askEveryMillis);
    return new Fault(began, freeze, null);
  }

  // --- cut networks

  /** What one node sends does not arrive at the other. */
  private record Link(NodeProcess from, NodeProcess to) {}

  private Fault cutOff(NodeProcess node, boolean deaf, boolean mute, Duration time)
      throws IOException, InterruptedException {
    List<Link> links = new ArrayList<>();
    for (NodeProcess other : nodes.othersThan(node)) {
      if (deaf) {
        links.add(new Link(other, node));
      }
      if (mute) {
        links.add(new Link(node, other));
      }
    }
    return cut(links, node, time);
  }

  private Fault cut(List<Link> links, @Nullable NodeProcess alone, Duration time)
      throws IOException, InterruptedException {
    Namespaces cables = Objects.requireNonNull(network, "needs network namespaces");
    long began = System.nanoTime();
    for (Link link : links) {
      cables.cut(link.from().id(), link.to().id());
    }
    long from = System.nanoTime();
    Board.elapse(time);
    long until = System.nanoTime();
    cables.heal();
    return new Fault(began, null, alone == null ? null : new CutOff(alone.id(), from, until));
  }
}
