package io.pekkoraft.node;

import io.pekkoraft.api.StateMachine;
import io.pekkoraft.log.Configuration;
import io.pekkoraft.log.GroupIdentity;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.role.NodeSettings;
import java.nio.file.Path;

/**
 * What a member is started with.
 *
 * @param group the group that was formed
 * @param self this member
 * @param incarnation identity of this member's data directory, as the group's configuration has it
 * @param members the members that the group was formed with, at their present addresses
 * @param mayFound true at this member's very first start only: an empty journal is then founded;
 *     later it means a lost log
 * @param stateMachine fresh and empty; from now on in the hands of this member's actor
 * @param snapshotDirectory where the state machine's snapshots are kept; used by this member of
 *     this group alone
 * @param protocol timeouts and limits, the same on all members
 * @param journalPlugin configuration path of the journal plug-in
 * @param snapshotPlugin configuration path of the snapshot-store plug-in that keeps the descriptors
 * @param maxRequests how many requests of clients may be unanswered
 */
public record RaftNodeSettings(
    GroupIdentity group,
    NodeId self,
    long incarnation,
    Configuration members,
    boolean mayFound,
    StateMachine stateMachine,
    Path snapshotDirectory,
    NodeSettings protocol,
    String journalPlugin,
    String snapshotPlugin,
    int maxRequests) {}
