/**
 * Whole actor systems on virtual time: real actors, mailboxes, supervision, Pekko Persistence with
 * the real write-ahead log, and the real serializers, all on one thread, with clocks, disks and the
 * network between the systems in a test's hands. Start reading at {@link
 * io.pekkoraft.testkit.fullstack.FullStackCluster} for groups of Raft members, and at {@link
 * io.pekkoraft.testkit.fullstack.VirtualWorld} for actor systems of any kind.
 */
@NullMarked
package io.pekkoraft.testkit.fullstack;

import org.jspecify.annotations.NullMarked;
