package io.pekkoraft.cluster.address;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.log.NodeId;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KnownMembersTest {
  private static final NodeId A = NodeId.of("a");
  private static final NodeId B = NodeId.of("b");
  private static final NodeId C = NodeId.of("c");

  private final Introduction self = of(A, 1, 10, "a:1");
  private final KnownMembers known = new KnownMembers(self, Set.of(A, B, C));

  private static Introduction of(NodeId node, long incarnation, long life, String address) {
    return new Introduction("shop", node, incarnation, life, "pekko://s@" + address, false);
  }

  @Test
  void a_member_is_where_it_says_itself() {
    Introduction b = of(B, 2, 20, "b:1");
    assertThat(known.hear(b)).isEqualTo(new Found.Member(b));
    assertThat(known.hear(b)).isEqualTo(new Found.Nothing());
    assertThat(known.complete()).isFalse();
    known.hear(of(C, 3, 30, "c:1"));
    assertThat(known.complete()).isTrue();
  }

  @Test
  void who_is_known_stays_while_it_answers_and_is_replaced_when_it_is_silent() {
    Introduction b = of(B, 2, 20, "b:1");
    Introduction other = of(B, 9, 90, "b:9");
    known.hear(b);
    assertThat(known.hear(other)).isEqualTo(new Found.Disputed(other, b));
    assertThat(known.settle(b)).isEqualTo(other);
    assertThat(known.replace(B)).isNull();

    Introduction moved = of(B, 2, 21, "b:2");
    assertThat(known.hear(moved)).isEqualTo(new Found.Disputed(moved, b));
    assertThat(known.replace(B)).isEqualTo(moved);
    assertThat(known.hear(moved)).isEqualTo(new Found.Nothing());
  }

  @Test
  void a_restart_at_the_same_address_is_no_dispute() {
    known.hear(of(B, 2, 20, "b:1"));
    Introduction again = of(B, 2, 21, "b:1");
    assertThat(known.hear(again)).isEqualTo(new Found.Member(again));
  }

  @Test
  void only_the_data_directory_that_a_group_admits_is_a_member() {
    known.hear(of(B, 9, 90, "b:9"));
    known.admit(B, 2);
    assertThat(known.complete()).isFalse();
    assertThat(known.hear(of(B, 9, 90, "b:9")))
        .isInstanceOfSatisfying(
            Found.Stranger.class,
            stranger -> assertThat(stranger.why()).contains("another data directory"));
    Introduction b = of(B, 2, 20, "b:1");
    assertThat(known.hear(b)).isEqualTo(new Found.Member(b));
  }

  @Test
  void another_process_of_the_own_id_is_noticed_but_not_the_own_echo() {
    assertThat(known.hear(self)).isEqualTo(new Found.Nothing());
    Introduction copy = of(A, 1, 11, "x:1");
    assertThat(known.hear(copy)).isEqualTo(new Found.SecondSelf(copy));
    Introduction other = of(A, 5, 11, "x:1");
    assertThat(known.hear(other)).isEqualTo(new Found.SecondSelf(other));
  }

  @Test
  void clients_and_strangers_are_no_members() {
    assertThat(known.hear(new Introduction("shop", null, 0, 5, "pekko://s@x:1", true)))
        .isEqualTo(new Found.Nothing());
    assertThat(known.hear(of(NodeId.of("x"), 4, 40, "x:1")))
        .isInstanceOfSatisfying(
            Found.Stranger.class,
            stranger -> assertThat(stranger.why()).contains("pekko-raft.node.members"));
    assertThat(known.hear(new Introduction("mall", B, 4, 40, "pekko://s@x:1", true)))
        .isInstanceOfSatisfying(
            Found.Stranger.class,
            stranger -> assertThat(stranger.why()).contains("pekko-raft.node.cluster"));
  }
}
