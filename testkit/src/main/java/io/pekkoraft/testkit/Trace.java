package io.pekkoraft.testkit;

import io.pekkoraft.log.LogEntry;
import io.pekkoraft.message.ClientRequest;
import io.pekkoraft.message.NodeCommand;
import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.message.PeerMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What happened, as far back as a person wants to read, and a hash over all of it: two runs of one
 * seed have the same. Lines are made only when they are read.
 */
final class Trace {
  private record Line(long timeNanos, @Nullable SimulatedNode node, Object what) {}

  private final @Nullable Line[] ring;
  private final Function<byte[], String> commands;
  private long count;
  private long hash;

  /**
   * @param commands an application's command in words, from the payload of an entry; empty for none
   */
  Trace(int lines, Function<byte[], String> commands) {
    ring = new Line[lines];
    this.commands = commands;
  }

  void add(long timeNanos, @Nullable SimulatedNode node, Object what) {
    ring[(int) (count++ % ring.length)] = new Line(timeNanos, node, what);
  }

  /** Mixes a number that the run depends on into the hash. */
  void mix(long value) {
    hash = Long.rotateLeft(hash ^ (value * 0x9E3779B97F4A7C15L), 29) * 0xBF58476D1CE4E5B9L;
  }

  /** Mixes in what has happened at a node, and what came of it. */
  void mix(long nowNanos, SimulatedNode node, Object what) {
    mix(nowNanos);
    long kind = what instanceof Envelope envelope ? envelope.message().term() : 1;
    mix(node.index() * 31L + what.getClass().getName().hashCode() * kind);
    if (node.isRunning()) {
      mix(node.state().term() * 31 + node.state().commitIndex());
      mix(node.state().log().lastHash() + node.kind().name().hashCode());
    }
  }

  long hash() {
    return hash;
  }

  /** The newest lines, oldest first. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (long i = Math.max(0, count - ring.length); i < count; i++) {
      Line line = ring[(int) (i % ring.length)];
      if (line != null) {
        lines.add(format(line));
      }
    }
    return lines;
  }

  private String format(Line line) {
    String node = line.node() == null ? "-" : line.node().id().value();
    return String.format(
        Locale.ROOT, "%12.6f ms  %s  %s", line.timeNanos() / 1e6, node, describe(line.what()));
  }

  private String describe(Object what) {
    if (what instanceof Envelope envelope) {
      PeerMessage message = envelope.message();
      return "<- " + envelope.header().from() + "  " + message + inWords(payloads(message));
    }
    if (what instanceof NodeCommand.Proposals proposals && proposals.isDrawn()) {
      return what + inWords(proposals.requests().stream().map(ClientRequest::command));
    }
    if (what instanceof NodeCommand.Recovered recovered) {
      return "Recovered[" + recovered.log().batches().size() + " batches]";
    }
    return what.toString();
  }

  private static Stream<byte[]> payloads(PeerMessage message) {
    if (message instanceof PeerMessage.AppendEntries append) {
      return append.slice().entries().stream()
          .filter(entry -> entry.kind() == LogEntry.Kind.COMMAND)
          .map(LogEntry::payload);
    }
    return message instanceof PeerMessage.ForwardProposal forward
        ? Stream.of(forward.command().array())
        : Stream.empty();
  }

  private String inWords(Stream<byte[]> payloads) {
    String all =
        payloads.map(commands).filter(text -> !text.isEmpty()).collect(Collectors.joining(", "));
    return all.isEmpty() ? "" : "  commands: " + all;
  }
}
