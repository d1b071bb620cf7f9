package io.pekkoraft.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.log.Configuration;
import io.pekkoraft.log.Member;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.node.AddressBook;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PresentAddressesTest {
  private static final NodeId A = NodeId.of("a");
  private static final NodeId B = NodeId.of("b");

  @Test
  void where_the_book_says_a_member_is_counts_and_else_where_it_was() {
    Configuration remembered =
        new Configuration(
            List.of(new Member(A, 1, "pekko://s@h:1"), new Member(B, 2, "pekko://s@h:2")));
    AddressBook book = new AddressBook(Map.of(A, "pekko://s@h:9", NodeId.of("c"), "pekko://s@h:3"));

    assertThat(PresentAddresses.of(remembered, book).voters())
        .containsExactly(new Member(A, 1, "pekko://s@h:9"), new Member(B, 2, "pekko://s@h:2"));
    assertThat(book.address(B)).isEqualTo("pekko://s@h:2");
  }
}
