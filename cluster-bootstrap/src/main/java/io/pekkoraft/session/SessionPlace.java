package io.pekkoraft.session;

import io.pekkoraft.api.RaftGroup;
import io.pekkoraft.coordination.CoordinationTable;
import io.pekkoraft.node.AddressBook;
import io.pekkoraft.role.NodeSettings;
import org.apache.pekko.actor.typed.ActorSystem;
import org.jspecify.annotations.Nullable;

/**
 * What a process gives its session.
 *
 * @param group name of the coordination group
 * @param book where the group's members are; changes
 * @param protocol timeouts of the group
 * @param member null in a client
 */
public record SessionPlace(
    ActorSystem<?> system,
    String cluster,
    String group,
    AddressBook book,
    NodeSettings protocol,
    @Nullable Member member) {

  /**
   * The coordination group's member that runs in this process.
   *
   * @param table its state machine
   */
  public record Member(RaftGroup group, CoordinationTable table) {}
}
