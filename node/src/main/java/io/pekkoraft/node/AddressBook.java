package io.pekkoraft.node;

import io.pekkoraft.log.NodeId;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the members' actor systems listen at present, as {@code pekko://system@host:port}. An
 * address is no identity: messages name the member that they are for, and another one drops them.
 * Safe to use from any thread.
 */
public final class AddressBook {
  private volatile Map<NodeId, String> addresses;

  /**
   * @param known what is known now; members that are not in it cannot be reached until they are put
   */
  public AddressBook(Map<NodeId, String> known) {
    addresses = Map.copyOf(known);
  }

  /** All that is known: never changed, but replaced by another one. A volatile read. */
  public Map<NodeId, String> addresses() {
    return addresses;
  }

  /** The address of a member, or null. */
  public @Nullable String address(NodeId member) {
    return addresses.get(member);
  }

  /** From now on the member is at this address. */
  public synchronized void put(NodeId member, String address) {
    if (!address.equals(addresses.get(member))) {
      Map<NodeId, String> changed = new HashMap<>(addresses);
      changed.put(member, address);
      addresses = Map.copyOf(changed);
    }
  }
}
