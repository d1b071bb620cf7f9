package io.pekkoraft.log;

/**
 * A member of a group as a configuration admits it.
 *
 * @param id its name
 * @param incarnation the identity of its data directory: a wiped disk comes back under the same
 *     name with another one, and its votes and acknowledgements count for nothing
 * @param address where its actor system listens, as {@code pekko://system@host:port}
 */
public record Member(NodeId id, long incarnation, String address) {}
