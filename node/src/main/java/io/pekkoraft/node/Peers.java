package io.pekkoraft.node;

import io.pekkoraft.log.NodeId;
import io.pekkoraft.message.NodeCommand;
import java.util.HashMap;
import java.util.Map;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.ActorSystem;
import org.jspecify.annotations.Nullable;

/**
 * The actors of a group's other members, wherever they are at present. Safe to use from any thread;
 * asking costs two volatile reads and a look into a map as long as nobody moves.
 */
final class Peers {
  private final ActorRefResolver resolver;
  private final AddressBook book;
  private final String actorName;
  private volatile Resolved resolved;

  /**
   * @param addresses what the references were resolved of
   */
  private record Resolved(
      Map<NodeId, String> addresses, Map<NodeId, ActorRef<NodeCommand>> references) {}

  /**
   * @param actorName of the members' actors below {@code /system}
   */
  Peers(ActorSystem<?> system, AddressBook book, String actorName) {
    this.resolver = ActorRefResolver.get(system);
    this.book = book;
    this.actorName = actorName;
    this.resolved = resolve(book.addresses());
  }

  /** The actor of a member, or null while nobody knows where it is. */
  @Nullable ActorRef<NodeCommand> get(NodeId member) {
    Map<NodeId, String> present = book.addresses();
    Resolved known = resolved;
    if (known.addresses() != present) {
      known = resolve(present); // by two threads at once: twice the same
      resolved = known;
    }
    return known.references().get(member);
  }

  private Resolved resolve(Map<NodeId, String> addresses) {
    Map<NodeId, ActorRef<NodeCommand>> references = new HashMap<>();
    addresses.forEach(
        (member, address) ->
            references.put(member, resolver.resolveActorRef(address + "/system/" + actorName)));
    return new Resolved(addresses, Map.copyOf(references));
  }
}
