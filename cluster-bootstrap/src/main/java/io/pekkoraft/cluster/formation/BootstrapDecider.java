package io.pekkoraft.cluster.formation;

import io.pekkoraft.cluster.formation.Decision.Form;
import io.pekkoraft.cluster.formation.Decision.KeepProbing;
import io.pekkoraft.cluster.formation.Decision.Promise;
import io.pekkoraft.cluster.formation.Decision.Refuse;
import io.pekkoraft.cluster.formation.Decision.Start;
import io.pekkoraft.cluster.formation.FormationState.Step;
import io.pekkoraft.cluster.formation.MemberList.Entry;
import io.pekkoraft.log.Configuration;
import io.pekkoraft.log.GroupIdentity;
import io.pekkoraft.log.Member;
import io.pekkoraft.log.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The rules by which a group is formed, as a pure function of what a node has on disk and what it
 * has heard.
 *
 * <p>The coordinator proposes once all listed nodes have shown that they list the same. Each node
 * promises one proposal, ever. A group exists when every one of its members has promised it: so no
 * two groups can be formed of lists that share a node, whatever is lost, repeated, late or started
 * again, and a wiped node cannot help to form a second one.
 */
public final class BootstrapDecider {
  private final Identity self;
  private final MemberList list;
  private final long drawnIncarnation;
  private final boolean wasStarted;

  /**
   * @param self who decides
   * @param list the configured list; contains {@code self}
   * @param drawnIncarnation random; the group's incarnation, should this node have to propose one
   * @param wasStarted true if the node's log was founded in its data directory before
   * @throws IllegalArgumentException if the list lacks the node itself
   */
  public BootstrapDecider(
      Identity self, MemberList list, long drawnIncarnation, boolean wasStarted) {
    if (list.address(self.node()) == null) {
      throw new IllegalArgumentException(
          "'" + self.node() + "' is not in the list of members " + list);
    }
    this.self = self;
    this.list = list;
    this.drawnIncarnation = drawnIncarnation;
    this.wasStarted = wasStarted;
  }

  /**
   * @param state what is durable here
   * @param heard the newest statement of each other node, by its id
   */
  public Decision decide(FormationState state, Map<NodeId, Statement> heard) {
    Proposal own = state.proposal();
    if (own == null && wasStarted) {
      return new Refuse(
          "NEEDS_READMISSION: this node has been a running member, but the journal in its data"
              + " directory is empty: it was lost. Taking part without it could lose what was"
              + " acknowledged. Put the journal back.");
    }
    if (own != null && !own.admits(self.node(), self.incarnation())) {
      return new Refuse(
          "its journal belongs to another data directory than its IDENTITY file: "
              + own.group()
              + " does not admit "
              + self.node()
              + " with the incarnation "
              + hex(self.incarnation())
              + ". Put back the files that belong together.");
    }
    if (own != null && state.step().isFormed()) {
      return new Start(own, state.step() == Step.FORMED);
    }
    for (Statement statement : heard.values()) {
      Proposal formed = statement.state().proposal();
      if (formed != null && statement.step().isFormed() && statement.sender().sameGroup(self)) {
        return own != null && own.equals(formed)
            ? new Form(own)
            : refuse(own, formed, statement.sender().node());
      }
    }
    return own != null ? promised(own, heard) : undecided(heard);
  }

  private Refuse refuse(@Nullable Proposal own, Proposal formed, NodeId teller) {
    String exists =
        "the group '"
            + formed.group().group()
            + "' of the cluster '"
            + formed.group().cluster()
            + "' exists already, says '"
            + teller
            + "': it was formed by "
            + memberIds(formed)
            + " as "
            + formed.group()
            + ". ";
    Member admitted = formed.configuration().member(self.node());
    if (own != null) {
      return new Refuse(
          exists
              + "This node has promised to form another one, "
              + own.group()
              + ". Two groups of one name are mixed up: give one of them another group or cluster"
              + " name.");
    }
    if (admitted == null) {
      return new Refuse(
          exists
              + "'"
              + self.node()
              + "' is not a member of it, and a second group of this name cannot be formed. Use"
              + " another group name, or the list of members that it was formed with.");
    }
    if (admitted.incarnation() == self.incarnation()) {
      return new Refuse(
          exists
              + "NEEDS_READMISSION: '"
              + self.node()
              + "' is a member of it, but the journal in its data directory is empty: it was lost."
              + " Taking part without it could lose what was acknowledged. Put the journal back.");
    }
    return new Refuse(
        exists
            + "NEEDS_READMISSION: '"
            + self.node()
            + "' is a member of it with another data directory (incarnation "
            + hex(admitted.incarnation())
            + "; here is "
            + hex(self.incarnation())
            + ", a new or wiped one). Taking part without what it had stored could lose what was"
            + " acknowledged. Put the old data directory back.");
  }

  /** A promise is kept until all the others are known to have given the same. */
  private Decision promised(Proposal own, Map<NodeId, Statement> heard) {
    List<String> waitingFor = new ArrayList<>();
    for (Member member : own.configuration().voters()) {
      if (!member.id().equals(self.node())) {
        @Nullable String missing = missingPromise(own, member, heard.get(member.id()));
        if (missing != null) {
          waitingFor.add(missing);
        }
      }
    }
    return waitingFor.isEmpty() ? new Form(own) : new KeepProbing(waitingFor);
  }

  private @Nullable String missingPromise(
      Proposal own, Member member, @Nullable Statement statement) {
    if (statement == null) {
      return list.address(member.id()) == null
          ? "'"
              + member.id()
              + "' is a member of the promised "
              + own.group()
              + " but not listed any more: list it again"
          : silent(member.id());
    }
    if (!statement.sender().sameGroup(self)) {
      return otherGroup(statement);
    }
    if (statement.sender().incarnation() != member.incarnation()) {
      return otherDirectory(member.id(), statement.sender().incarnation(), own);
    }
    if (own.equals(statement.state().proposal())) {
      return null;
    }
    return statement.step() == Step.NEW
        ? "'" + member.id() + "' has not promised " + own.group() + " yet" + difference(statement)
        : "'" + member.id() + "' has promised another group, " + groupOf(statement);
  }

  private Decision undecided(Map<NodeId, Statement> heard) {
    List<String> waitingFor = new ArrayList<>();
    List<Member> members = new ArrayList<>();
    for (Entry entry : list.entries()) {
      @Nullable Statement statement = heard.get(entry.id());
      boolean own = entry.id().equals(self.node());
      @Nullable String obstacle = own ? null : obstacle(entry.id(), statement);
      if (obstacle != null) {
        waitingFor.add(obstacle);
      }
      long incarnation = statement == null ? self.incarnation() : statement.sender().incarnation();
      members.add(new Member(entry.id(), incarnation, entry.address()));
    }
    for (Statement statement : heard.values()) {
      if (list.address(statement.sender().node()) == null) {
        waitingFor.add(unlisted(statement));
      }
    }
    if (self.node().equals(list.coordinator())) {
      return waitingFor.isEmpty() ? new Promise(propose(members)) : new KeepProbing(waitingFor);
    }
    @Nullable Statement coordinator = heard.get(list.coordinator());
    @Nullable Proposal proposal = coordinator == null ? null : acceptable(coordinator);
    if (proposal != null) {
      return new Promise(proposal);
    }
    if (waitingFor.isEmpty()) {
      waitingFor.add("'" + list.coordinator() + "' has not proposed yet");
    }
    return new KeepProbing(waitingFor);
  }

  private Proposal propose(List<Member> members) {
    return new Proposal(
        new GroupIdentity(self.cluster(), self.group(), drawnIncarnation),
        new Configuration(members));
  }

  /** The coordinator's proposal if this node may promise it, or null. */
  private @Nullable Proposal acceptable(Statement coordinator) {
    @Nullable Proposal proposal = coordinator.state().proposal();
    boolean acceptable =
        proposal != null
            && coordinator.sender().sameGroup(self)
            && coordinator.list().equals(list)
            && proposal.group().cluster().equals(self.cluster())
            && proposal.group().group().equals(self.group())
            && proposal.admits(self.node(), self.incarnation())
            && proposal.admits(coordinator.sender().node(), coordinator.sender().incarnation())
            && memberIds(proposal).equals(list.ids());
    return acceptable ? proposal : null;
  }

  /**
   * What keeps this node, which has promised nothing, from forming a group with that one; null if
   * nothing does.
   */
  private @Nullable String obstacle(NodeId id, @Nullable Statement statement) {
    if (statement == null) {
      return silent(id);
    }
    if (!statement.sender().sameGroup(self)) {
      return otherGroup(statement);
    }
    if (!statement.list().equals(list)) {
      return "'"
          + id
          + "' is configured with another list of members (pekko-raft.node.members)"
          + difference(statement);
    }
    @Nullable Proposal proposal = statement.state().proposal();
    if (proposal == null) {
      return null;
    }
    if (!proposal.admits(self.node(), self.incarnation())) {
      return otherDirectory(self.node(), self.incarnation(), proposal);
    }
    // A promise that admits this node is normal once the coordinator has proposed.
    return self.node().equals(list.coordinator())
        ? "'"
            + id
            + "' has promised "
            + groupOf(statement)
            + ", which this node proposed and has lost: put its journal back"
        : null;
  }

  private String silent(NodeId id) {
    return new Entry(id, Objects.requireNonNullElse(list.address(id), "?")) + " has not answered";
  }

  private String unlisted(Statement statement) {
    return "'"
        + statement.sender().node()
        + "', which is not in the list of members, lists this node"
        + difference(statement);
  }

  private String otherGroup(Statement statement) {
    Identity sender = statement.sender();
    return "'"
        + sender.node()
        + "' belongs to the group '"
        + sender.group()
        + "' of the cluster '"
        + sender.cluster()
        + "', this node to '"
        + self.group()
        + "' of '"
        + self.cluster()
        + "'";
  }

  private static String otherDirectory(NodeId id, long incarnation, Proposal proposal) {
    return "'"
        + id
        + "' has another data directory (incarnation "
        + hex(incarnation)
        + ") than the one that was promised "
        + proposal.group()
        + ": put that one back. If no member has formed the group, all of them can be emptied"
        + " instead to begin anew";
  }

  private String difference(Statement statement) {
    String difference = list.differenceTo(statement.list());
    return difference.isEmpty() ? "" : " (" + difference + ")";
  }

  private static String groupOf(Statement statement) {
    @Nullable Proposal proposal = statement.state().proposal();
    return proposal == null ? "none" : proposal.group().toString();
  }

  private static List<NodeId> memberIds(Proposal proposal) {
    return proposal.configuration().voters().stream().map(Member::id).toList();
  }

  private static String hex(long incarnation) {
    return Long.toHexString(incarnation);
  }
}
