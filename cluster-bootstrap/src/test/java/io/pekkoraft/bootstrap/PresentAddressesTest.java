package io.pekkoraft.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.bootstrap.formation.MemberList;
import io.pekkoraft.bootstrap.formation.MemberList.Entry;
import io.pekkoraft.log.Configuration;
import io.pekkoraft.log.Member;
import io.pekkoraft.log.NodeId;
import java.util.List;
import org.junit.jupiter.api.Test;

class PresentAddressesTest {
  private static final NodeId A = NodeId.of("a");
  private static final NodeId B = NodeId.of("b");

  @Test
  void a_listed_address_counts_and_nothing_else_of_the_list_does() {
    Configuration remembered =
        new Configuration(
            List.of(new Member(A, 1, "pekko://s@h:1"), new Member(B, 2, "pekko://s@h:2")));
    MemberList listed =
        new MemberList(
            List.of(new Entry(A, "pekko://s@h:9"), new Entry(NodeId.of("c"), "pekko://s@h:3")));

    assertThat(PresentAddresses.of(remembered, listed).voters())
        .containsExactly(new Member(A, 1, "pekko://s@h:9"), new Member(B, 2, "pekko://s@h:2"));
  }
}
