package io.pekkoraft.bootstrap;

import io.pekkoraft.bootstrap.formation.MemberList;
import io.pekkoraft.log.Configuration;
import io.pekkoraft.log.Member;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A formed group keeps its members, but they may move: for an address, the configured list counts.
 */
final class PresentAddresses {
  private static final Logger LOG = LoggerFactory.getLogger(PresentAddresses.class);

  private PresentAddresses() {}

  static Configuration of(Configuration remembered, MemberList listed) {
    List<Member> members = new ArrayList<>();
    for (Member member : remembered.voters()) {
      String address = listed.address(member.id());
      if (address == null || address.equals(member.address())) {
        members.add(member);
      } else {
        LOG.info("'{}' has moved from {} to {}", member.id(), member.address(), address);
        members.add(new Member(member.id(), member.incarnation(), address));
      }
    }
    return new Configuration(members);
  }
}
