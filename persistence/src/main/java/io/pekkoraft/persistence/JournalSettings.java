package io.pekkoraft.persistence;

import io.pekkoraft.log.GroupIdentity;
import io.pekkoraft.log.JournalEvent.Founded;
import io.pekkoraft.log.NodeId;

/**
 * Which journal to open, and what it must hold.
 *
 * @param founded whose journal it has to be. Group, node, node incarnation and the ids and
 *     incarnations of the voters must be those it was founded with; addresses may have changed
 * @param mayFound whether an empty journal may be founded now: true only when the group is being
 *     formed, or this member is being admitted
 * @param journalPlugin configuration path of the journal plug-in; empty for the actor system's
 *     default
 * @param snapshotPlugin configuration path of the snapshot-store plug-in; empty for the default
 */
public record JournalSettings(
    Founded founded, boolean mayFound, String journalPlugin, String snapshotPlugin) {

  private static final String PREFIX = "pekko-raft|";

  /** The one place where a persistence id is made; no name can hold a bar. */
  public static String persistenceId(GroupIdentity group, NodeId node) {
    return PREFIX + group.cluster() + "|" + group.group() + "|" + node.value();
  }

  /** Whether an id is one that {@link #persistenceId(GroupIdentity, NodeId)} makes. */
  public static boolean isPersistenceId(String id) {
    return id.startsWith(PREFIX) && id.chars().filter(c -> c == '|').count() == 3;
  }

  /** The group's name in an id that {@link #isPersistenceId} accepts. */
  public static String groupOf(String id) {
    int cluster = id.indexOf('|', PREFIX.length());
    return id.substring(cluster + 1, id.indexOf('|', cluster + 1));
  }

  String persistenceId() {
    return persistenceId(founded.group(), founded.node());
  }
}
