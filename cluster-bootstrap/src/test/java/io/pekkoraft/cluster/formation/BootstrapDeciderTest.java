package io.pekkoraft.cluster.formation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pekkoraft.cluster.formation.Decision.Form;
import io.pekkoraft.cluster.formation.Decision.KeepProbing;
import io.pekkoraft.cluster.formation.Decision.Promise;
import io.pekkoraft.cluster.formation.Decision.Refuse;
import io.pekkoraft.cluster.formation.Decision.Start;
import io.pekkoraft.cluster.formation.FormationState.Step;
import io.pekkoraft.log.Configuration;
import io.pekkoraft.log.GroupIdentity;
import io.pekkoraft.log.Member;
import io.pekkoraft.log.NodeId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BootstrapDeciderTest {
  private static final MemberList LIST = FormationWorld.LIST;
  private static final String HERE = "pekko://s@h:1";
  private static final Proposal PROPOSAL = proposal(99, 1, 1, 1);
  private static final FormationState NEW = FormationState.INITIAL;
  private static final FormationState PROMISED = new FormationState(Step.PROMISED, PROPOSAL);
  private static final FormationState FORMED = new FormationState(Step.FORMED, PROPOSAL);
  private static final FormationState STARTED = new FormationState(Step.STARTED, PROPOSAL);

  @Test
  void the_coordinator_proposes_when_all_have_shown_the_same_list() {
    assertThat(decide("a", NEW, says("b", NEW)))
        .isEqualTo(new KeepProbing(List.of("c at 127.0.0.1:2553 has not answered")));
    assertThat(decide("a", NEW, says("b", NEW), says("c", NEW))).isEqualTo(new Promise(PROPOSAL));
  }

  @Test
  void nobody_else_proposes() {
    assertThat(decide("b", NEW, says("a", NEW), says("c", NEW)))
        .isEqualTo(new KeepProbing(List.of("'a' has not proposed yet")));
    assertThat(decide("b", NEW, says("c", PROMISED))).isInstanceOf(KeepProbing.class);
    assertThat(decide("b", NEW, says("a", PROMISED))).isEqualTo(new Promise(PROPOSAL));
  }

  @Test
  void a_group_is_formed_when_every_member_has_promised_it_and_not_before() {
    assertThat(decide("a", PROMISED, says("b", PROMISED), says("c", NEW)))
        .isInstanceOf(KeepProbing.class);
    assertThat(decide("a", PROMISED, says("b", PROMISED), says("c", PROMISED)))
        .isEqualTo(new Form(PROPOSAL));
    assertThat(decide("c", PROMISED, says("b", FORMED))).isEqualTo(new Form(PROPOSAL));
  }

  @Test
  void a_formed_group_starts_without_a_word_of_the_others() {
    assertThat(decide("b", FORMED)).isEqualTo(new Start(PROPOSAL, true));
    assertThat(decide("b", STARTED)).isEqualTo(new Start(PROPOSAL, false));
  }

  @Test
  void different_lists_are_named_on_both_sides() {
    MemberList other =
        new MemberList(
            List.of(
                FormationWorld.entry("a", 2551),
                FormationWorld.entry("b", 9999),
                FormationWorld.entry("d", 2554)));
    Statement a = new Statement(identity("a", 1), HERE, other, NEW, true);
    assertThat(waiting(decide("c", NEW, a, says("b", NEW))))
        .contains("'a' is configured with another list")
        .contains("b at 127.0.0.1:2552 in ours is b at 127.0.0.1:9999 in theirs")
        .contains("c at 127.0.0.1:2553 is only in ours")
        .contains("d at 127.0.0.1:2554 is only in theirs");
    Statement stranger = new Statement(identity("d", 1), HERE, other, NEW, true);
    assertThat(waiting(decide("a", NEW, says("b", NEW), says("c", NEW), stranger)))
        .contains("'d', which is not in the list of members, lists this node");
  }

  @Test
  void another_group_at_a_listed_address_is_named() {
    Statement b =
        new Statement(new Identity("prod", "kv", NodeId.of("b"), 1), HERE, LIST, STARTED, false);
    assertThat(waiting(decide("a", NEW, b, says("c", NEW))))
        .contains("'b' belongs to the group 'kv' of the cluster 'prod'");
  }

  @Test
  void a_second_bootstrap_of_the_same_name_is_refused() {
    MemberList second =
        new MemberList(List.of(FormationWorld.entry("a", 2551), FormationWorld.entry("x", 2559)));
    Decision decision =
        new BootstrapDecider(identity("x", 5), second, 1, false)
            .decide(NEW, Map.of(NodeId.of("a"), says("a", STARTED)));
    assertThat(reason(decision)).contains("exists already").contains("'x' is not a member of it");
  }

  @Test
  void a_wiped_member_is_refused_and_so_is_one_that_lost_its_journal() {
    Decision wiped =
        new BootstrapDecider(identity("c", 2), LIST, 1, false)
            .decide(NEW, heard(says("a", STARTED)));
    assertThat(reason(wiped)).contains("NEEDS_READMISSION").contains("another data directory");
    assertThat(reason(decide("c", NEW, says("a", FORMED))))
        .contains("NEEDS_READMISSION")
        .contains("it was lost");
    Decision foreignJournal =
        new BootstrapDecider(identity("c", 2), LIST, 1, false).decide(STARTED, Map.of());
    assertThat(reason(foreignJournal)).contains("another data directory than its IDENTITY");
  }

  @Test
  void a_node_that_ran_before_never_starts_empty_even_if_all_the_others_do() {
    Decision decision =
        new BootstrapDecider(identity("a", 1), LIST, 9, true)
            .decide(NEW, heard(says("b", NEW), says("c", NEW)));
    assertThat(reason(decision)).contains("NEEDS_READMISSION").contains("it was lost");
  }

  @Test
  void a_promise_is_kept_even_if_another_group_was_formed() {
    Proposal other = proposal(77, 1, 1, 1);
    Statement a =
        new Statement(identity("a", 1), HERE, LIST, new FormationState(Step.FORMED, other), false);
    assertThat(reason(decide("c", PROMISED, a))).contains("promised to form another one");
  }

  @Test
  void a_proposal_that_does_not_fit_is_not_promised() {
    for (Proposal bad : List.of(proposal(99, 1, 1, 2), proposal(99, 2, 1, 1))) {
      Statement a =
          new Statement(
              identity("a", 1), HERE, LIST, new FormationState(Step.PROMISED, bad), false);
      assertThat(decide("c", NEW, a, says("b", NEW))).isInstanceOf(KeepProbing.class);
    }
    Statement lost = new Statement(identity("b", 1), HERE, LIST, PROMISED, false);
    assertThat(waiting(decide("a", NEW, lost, says("c", NEW))))
        .contains("which this node proposed and has lost");
  }

  @Test
  void one_node_alone_forms_a_group() {
    MemberList alone = new MemberList(List.of(FormationWorld.entry("a", 2551)));
    BootstrapDecider decider = new BootstrapDecider(identity("a", 1), alone, 4, false);
    Decision first = decider.decide(NEW, Map.of());
    assertThat(first).isInstanceOf(Promise.class);
    FormationState promised = new FormationState(Step.PROMISED, ((Promise) first).proposal());
    assertThat(decider.decide(promised, Map.of())).isInstanceOf(Form.class);
  }

  @Test
  void a_node_that_is_not_listed_is_refused() {
    assertThatThrownBy(() -> new BootstrapDecider(identity("x", 1), LIST, 1, false))
        .hasMessageContaining("'x' is not in the list");
  }

  @Test
  void events_are_kept_in_their_order_only() {
    assertThatThrownBy(() -> NEW.apply(new FormationEvent.Formed(PROPOSAL)))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> PROMISED.apply(new FormationEvent.Promised(proposal(1, 1, 1, 1))))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> PROMISED.apply(new FormationEvent.Formed(proposal(1, 1, 1, 1))))
        .isInstanceOf(IllegalStateException.class);
    assertThat(FORMED.apply(new FormationEvent.Started())).isEqualTo(STARTED);
  }

  private static Decision decide(String self, FormationState state, Statement... heard) {
    return new BootstrapDecider(identity(self, 1), LIST, 99, false).decide(state, heard(heard));
  }

  private static Map<NodeId, Statement> heard(Statement... statements) {
    Map<NodeId, Statement> heard = new HashMap<>();
    for (Statement statement : statements) {
      heard.put(statement.sender().node(), statement);
    }
    return heard;
  }

  private static Statement says(String node, FormationState state) {
    return new Statement(identity(node, 1), HERE, LIST, state, false);
  }

  private static Identity identity(String node, long incarnation) {
    return new Identity("test", "kv", NodeId.of(node), incarnation);
  }

  private static Proposal proposal(long group, long a, long b, long c) {
    return new Proposal(
        new GroupIdentity("test", "kv", group),
        new Configuration(
            List.of(member("a", 2551, a), member("b", 2552, b), member("c", 2553, c))));
  }

  private static Member member(String id, int port, long incarnation) {
    return new Member(NodeId.of(id), incarnation, FormationWorld.entry(id, port).address());
  }

  private static String waiting(Decision decision) {
    assertThat(decision).isInstanceOf(KeepProbing.class);
    return String.join("\n", ((KeepProbing) decision).waitingFor());
  }

  private static String reason(Decision decision) {
    assertThat(decision).isInstanceOf(Refuse.class);
    return ((Refuse) decision).reason();
  }
}
