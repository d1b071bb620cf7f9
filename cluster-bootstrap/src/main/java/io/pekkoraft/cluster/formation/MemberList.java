package io.pekkoraft.cluster.formation;

import io.pekkoraft.log.NodeId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The nodes that a group is to be formed of, as one node's configuration lists them.
 *
 * @param entries at least one, sorted by id, no id twice
 */
public record MemberList(List<Entry> entries) {

  /**
   * One listed node.
   *
   * @param address of its actor system, as {@code pekko://system@host:port}; empty if the
   *     configuration does not say
   */
  public record Entry(NodeId id, String address) {
    @Override
    public String toString() {
      return address.isEmpty()
          ? id.toString()
          : id + " at " + address.substring(address.indexOf('@') + 1);
    }
  }

  /**
   * @throws IllegalArgumentException if the list is empty or an id or address is there twice
   */
  public MemberList {
    if (entries.isEmpty()) {
      throw new IllegalArgumentException("the list of members is empty");
    }
    entries = entries.stream().sorted(Comparator.comparing(Entry::id)).toList();
    Set<NodeId> ids = new HashSet<>();
    Set<String> addresses = new HashSet<>();
    for (Entry entry : entries) {
      if (!ids.add(entry.id())) {
        throw new IllegalArgumentException("'" + entry.id() + "' is listed twice");
      }
      if (!entry.address().isEmpty() && !addresses.add(entry.address())) {
        throw new IllegalArgumentException(entry + ": another member has the same address");
      }
    }
  }

  /** The node that makes the proposal: the smallest id, so that all agree on it without a word. */
  public NodeId coordinator() {
    return entries.get(0).id();
  }

  public List<NodeId> ids() {
    return entries.stream().map(Entry::id).toList();
  }

  /** The address listed for a node; empty if it is listed without, null if it is not listed. */
  public @Nullable String address(NodeId id) {
    for (Entry entry : entries) {
      if (entry.id().equals(id)) {
        return entry.address();
      }
    }
    return null;
  }

  /** What is different in the other list, for people: empty if nothing is. */
  public String differenceTo(MemberList other) {
    List<String> differences = new ArrayList<>();
    for (Entry entry : entries) {
      String there = other.address(entry.id());
      if (there == null) {
        differences.add(entry + " is only in ours");
      } else if (!there.equals(entry.address())) {
        differences.add(entry + " in ours is " + new Entry(entry.id(), there) + " in theirs");
      }
    }
    for (Entry entry : other.entries) {
      if (address(entry.id()) == null) {
        differences.add(entry + " is only in theirs");
      }
    }
    return String.join("; ", differences);
  }

  @Override
  public String toString() {
    return entries.stream().map(Entry::toString).collect(Collectors.joining(", ", "[", "]"));
  }
}
