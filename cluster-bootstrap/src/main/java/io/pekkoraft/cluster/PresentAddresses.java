package io.pekkoraft.cluster;

import io.pekkoraft.log.Configuration;
import io.pekkoraft.log.Member;
import io.pekkoraft.node.AddressBook;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A formed group keeps its members, but they may move: for an address, the book counts. What it
 * does not know is where the group remembers it to be.
 */
final class PresentAddresses {
  private static final Logger LOG = LoggerFactory.getLogger(PresentAddresses.class);

  private PresentAddresses() {}

  static Configuration of(Configuration remembered, AddressBook book) {
    List<Member> members = new ArrayList<>();
    for (Member member : remembered.voters()) {
      String address = book.address(member.id());
      if (address == null) {
        if (!member.address().isEmpty()) {
          book.put(member.id(), member.address());
        }
        members.add(member);
      } else {
        if (!member.address().isEmpty() && !member.address().equals(address)) {
          LOG.info("'{}' has moved from {} to {}", member.id(), member.address(), address);
        }
        members.add(new Member(member.id(), member.incarnation(), address));
      }
    }
    return new Configuration(members);
  }
}
