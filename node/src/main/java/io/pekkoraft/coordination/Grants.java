package io.pekkoraft.coordination;

import io.pekkoraft.api.Leadership;
import io.pekkoraft.coordination.Pong.Held;
import io.pekkoraft.coordination.Pong.Refusal;
import io.pekkoraft.coordination.Proposal.Fate;
import io.pekkoraft.coordination.TableCommand.Assign;
import io.pekkoraft.coordination.TableCommand.Remove;
import io.pekkoraft.coordination.Wishes.Acquisition;
import io.pekkoraft.coordination.Wishes.Instance;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The leader's side: answers sessions, and decides who is to hold what. It grants nothing itself: a
 * session holds a name when the table says so and a leader told it lately.
 *
 * <p>Why no two sessions act under a name at a time, as long as clocks run within the drift bound:
 *
 * <ul>
 *   <li>A <em>chained</em> lease reaches no further than the proof of the leadership that granted
 *       it, so it is over before another leader is elected, unless by a transfer.
 *   <li>A lease with a <em>time to live</em> is counted from a ping that was sent before the
 *       answering leader could be replaced.
 *   <li>So what is left to do is to take nothing from a session whose lease may be valid: {@link
 *       #mayTake}. From the proposal that takes until it is applied, the session gets no answer,
 *       which would renew its lease: {@link Decisions#isWithheld}.
 *   <li>What is proposed is appended in this term or never: applied before a later leader decides.
 * </ul>
 *
 * <p>Used by one thread at a time. Times are the clock of {@link Leadership}.
 */
public final class Grants {
  /** A session that holds nothing is forgotten after so many election timeouts of silence. */
  private static final int FORGET_AFTER = 20;

  private static final int MAX_SESSIONS = 10_000;

  private record HandOver(long token, long askedNanos) {}

  private final GrantsSettings settings;
  private final Supplier<TableView> table;
  private final long startedNanos;

  private @Nullable Leadership leadership;
  private long term;
  private long sinceNanos;
  private @Nullable Long answeredNanos;
  private @Nullable Long answeredBeforeNanos;
  private boolean othersMayOutlive;
  private long attachUntilNanos;
  private long tickedNanos;
  private long counter;
  private final NavigableMap<SessionId, KnownSession> sessions = new TreeMap<>();
  private final Decisions decisions = new Decisions();
  private final Map<String, HandOver> handOvers = new HashMap<>();
  private @Nullable Long unevenSinceNanos;
  private boolean planned;
  private @Nullable TableView plannedView;

  /**
   * @param table what this member has applied: read anew for each answer
   * @param startedNanos now
   */
  public Grants(GrantsSettings settings, Supplier<TableView> table, long startedNanos) {
    this.settings = settings;
    this.table = table;
    this.startedNanos = startedNanos;
  }

  /** The answer to a ping, if any, and what is to be proposed now. */
  public record Answer(@Nullable Pong pong, List<Proposal> proposals) {}

  // --- the term

  /** This member leads from now on: an entry of its own term is applied here. */
  public void leading(Leadership fresh, long nowNanos) {
    leadership = fresh;
    attachUntilNanos = nowNanos + settings.attachNanos();
    tickedNanos = nowNanos;
    planned = false;
    if (fresh.term() == term) {
      return; // A transfer was aborted: what was given in this term, and is on its way, counts on.
    }
    term = fresh.term();
    answeredBeforeNanos = answeredNanos;
    counter = 0;
    sessions.clear();
    decisions.clear();
    handOvers.clear();
    unevenSinceNanos = null;
    // Who came before in this very term, as an actor that was restarted, may have granted too, and
    // what it proposed has to be applied before anybody is answered.
    boolean predecessor = startedNanos - fresh.electedNanos() > 0;
    sinceNanos = predecessor ? startedNanos : fresh.electedNanos();
    othersMayOutlive = predecessor || fresh.byTransfer();
    if (predecessor) {
      decisions.awaitAllBefore(term);
    }
  }

  /** This member leads no longer, or is giving its leadership away. */
  public void following() {
    leadership = null;
  }

  /** The term that it grants in; 0 if it does not lead. */
  public long term() {
    return leadership == null ? 0 : term;
  }

  // --- hearing sessions

  /**
   * @param nowNanos the clock, read after the ping was received
   */
  public Answer onPing(Ping ping, long nowNanos) {
    Leadership present = leadership;
    boolean full = sessions.size() >= MAX_SESSIONS && !sessions.containsKey(ping.session());
    if (present == null || present.isOver() || decisions.isWithheld(ping.session()) || full) {
      return new Answer(null, List.of());
    }
    // Read once: an age counted from an older proof than the one that was checked would be too low.
    long provenNanos = present.quorumSentNanos();
    long ageNanos = Math.max(0, nowNanos - provenNanos);
    KnownSession session =
        sessions.computeIfAbsent(ping.session(), id -> new KnownSession(ping, nowNanos));
    if (!session.isNew(ping)) {
      return new Answer(null, List.of());
    }
    planned &= !session.hear(ping, nowNanos);
    if (ageNanos >= present.leaseNanos() || decisions.awaitsAllBefore()) {
      return new Answer(null, List.of());
    }
    List<Proposal> proposals = proposals(nowNanos);
    // Whoever is deprived of something by these proposals is withheld from now on.
    Pong pong =
        decisions.isWithheld(ping.session())
            ? null
            : pong(present, session, ping, ageNanos, nowNanos);
    return new Answer(pong, proposals);
  }

  private Pong pong(
      Leadership present, KnownSession session, Ping ping, long ageNanos, long nowNanos) {
    TableView view = table.get();
    // Above all that a predecessor of this object can have used in this term.
    counter = Math.max(counter + 1, nowNanos - present.electedNanos());
    answeredNanos = nowNanos;
    List<Held> held = new ArrayList<>();
    for (TableEntry entry : view.heldBy(session.id)) {
      HandOver handOver = handOvers.get(entry.name());
      held.add(
          new Held(
              entry.name(),
              entry.token(),
              entry.owner(),
              settings.validNanos(entry.timeToLiveNanos()),
              handOver != null && handOver.token() == entry.token()));
    }
    List<Refusal> refused = new ArrayList<>();
    for (Acquisition asked : session.wishes().acquiring()) {
      TableEntry entry = view.entry(asked.name());
      if (entry != null && isRefused(asked, session, entry, nowNanos)) {
        refused.add(new Refusal(entry.name(), entry.owner()));
      }
    }
    return new Pong(
        session.id,
        present.term(),
        counter,
        ping.sentNanos(),
        ageNanos,
        present.leaseNanos(),
        session.revision(),
        held,
        refused,
        undecided(session.id),
        instances(session.wishes().watching(), view, nowNanos));
  }

  private List<String> undecided(SessionId session) {
    List<String> names = new ArrayList<>();
    for (Assign assign : decisions.assigns()) {
      if (assign.holder().equals(session)) {
        names.add(assign.name());
      }
    }
    return names;
  }

  private List<Instance> instances(List<String> names, TableView view, long nowNanos) {
    List<Instance> instances = new ArrayList<>();
    for (String name : names) {
      TableEntry entry = view.entry(name);
      if (entry == null) {
        instances.add(new Instance(name, 0, ""));
        continue;
      }
      KnownSession holder = sessions.get(entry.holder());
      boolean awaited =
          holder == null
              ? !isPast(nowNanos, attachUntilNanos)
              : holder.revision() == 0 && isHeard(holder, nowNanos);
      if (!awaited) {
        String path = holder != null && isHeard(holder, nowNanos) ? holder.pathOf(entry) : null;
        instances.add(new Instance(name, entry.token(), path == null ? "" : path));
      }
    }
    return instances;
  }

  /** An older session of the same owner is waited for, whatever its end; all others refuse. */
  private boolean isRefused(
      Acquisition asked, KnownSession session, TableEntry entry, long nowNanos) {
    boolean sameOwner = entry.owner().equals(asked.owner());
    KnownSession holder = sessions.get(entry.holder());
    if (entry.holder().equals(session.id)) {
      return !sameOwner && !session.hasReleased(entry);
    }
    if (decisions.isDeciding(entry.name()) || mayTake(entry, nowNanos)) {
      return false; // it is being decided
    }
    boolean live = holder != null && isLive(holder, nowNanos);
    return (live || !sameOwner) && (holder == null || !holder.hasReleased(entry));
  }

  // --- time

  /**
   * To be called every ping interval.
   *
   * @return what is to be proposed now
   */
  public List<Proposal> tick(long nowNanos) {
    if (leadership == null) {
      return List.of();
    }
    if (nowNanos - tickedNanos > settings.electionTimeoutNanos() / 2) {
      // Held up: pings may wait behind this very tick, so nobody is called silent yet.
      attachUntilNanos = nowNanos + settings.attachNanos();
    }
    tickedNanos = nowNanos;
    planned = false;
    forgetSilent(nowNanos);
    return proposals(nowNanos);
  }

  private void forgetSilent(long nowNanos) {
    TableView view = table.get();
    long after = FORGET_AFTER * settings.electionTimeoutNanos();
    sessions
        .values()
        .removeIf(
            session ->
                nowNanos - session.heardNanos() > after
                    && view.heldBy(session.id).isEmpty()
                    && undecided(session.id).isEmpty());
  }

  /** How a proposal ended. */
  public void settled(Proposal proposal, Fate fate) {
    planned &= !decisions.settled(proposal, fate);
  }

  // --- taking

  /**
   * True if the holder's lease is over for certain, and any handler that it let through.
   *
   * <p>A session's lease lasts ET (1-d)/(1+d), or that of its time to live, from when it *sent* a
   * ping that was answered; this waits ET, or the whole time to live, from when the last one was
   * *received*.
   */
  private boolean mayTake(TableEntry entry, long nowNanos) {
    KnownSession holder = sessions.get(entry.holder());
    long leaseNanos = entry.isChained() ? settings.electionTimeoutNanos() : entry.timeToLiveNanos();
    // Leases of earlier leaders. They answered no later than this election; their chained leases
    // were over by then, unless it came by a transfer.
    boolean earlierCount = !entry.isChained() || othersMayOutlive;
    long earlierOverNanos = sinceNanos + (earlierCount ? leaseNanos : 0);
    return isPast(nowNanos, attachUntilNanos)
        && isPast(nowNanos, earlierOverNanos + settings.handlerGraceNanos())
        && isOverFromEarlierTerms(nowNanos)
        && (holder == null
            || isPast(nowNanos, holder.heardNanos() + leaseNanos + settings.handlerGraceNanos()));
  }

  /**
   * Voters elect the leader that they heard again without holding off: it knows what it answered.
   */
  private boolean isOverFromEarlierTerms(long nowNanos) {
    Long answered = answeredBeforeNanos;
    return answered == null
        || isPast(
            nowNanos, answered + settings.electionTimeoutNanos() + settings.handlerGraceNanos());
  }

  private static boolean isPast(long nowNanos, long whenNanos) {
    return nowNanos - whenNanos >= 0;
  }

  /** Heard lately enough to be given something. */
  private boolean isLive(KnownSession session, long nowNanos) {
    return nowNanos - session.heardNanos() < settings.liveNanos();
  }

  private boolean isHeard(KnownSession session, long nowNanos) {
    return nowNanos - session.heardNanos() < settings.electionTimeoutNanos();
  }

  // --- giving

  private List<Proposal> proposals(long nowNanos) {
    TableView view = table.get();
    if (leadership == null || leadership.isOver() || (planned && view == plannedView)) {
      return List.of();
    }
    planned = true;
    plannedView = view;
    List<Proposal> proposals = new ArrayList<>();
    proposals.addAll(decisions.again());
    if (decisions.awaitsAllBefore()) {
      return proposals;
    }
    Spread spread =
        new Spread(
            view,
            sessions.values(),
            session -> isLive(session, nowNanos) && !decisions.isWithheld(session.id));
    for (Assign assign : decisions.assigns()) {
      if (assign.timeToLiveNanos() == 0) {
        spread.count(assign.holder(), 1);
      }
    }
    for (TableEntry entry : view.entries()) {
      if (!decisions.isDeciding(entry.name())) {
        reconsider(entry, spread, nowNanos, proposals);
      }
    }
    giveFree(view, spread, nowNanos, proposals);
    rebalance(view, spread, nowNanos);
    return proposals;
  }

  private void reconsider(
      TableEntry entry, Spread spread, long nowNanos, List<Proposal> proposals) {
    KnownSession holder = sessions.get(entry.holder());
    boolean released = holder != null && holder.hasReleased(entry);
    if (!released && !mayTake(entry, nowNanos)) {
      return;
    }
    SessionId withheld = released ? null : entry.holder();
    if (released && entry.isChained()) {
      spread.count(entry.holder(), -1);
    }
    TableCommand next = next(entry.name(), entry.token(), spread, nowNanos);
    if (next != null) {
      propose(next, withheld, proposals);
    } else if (released || !entry.isChained()) {
      propose(new Remove(entry.name(), entry.token()), withheld, proposals);
    }
    // Else it is left to the silent holder, which may come back: nobody else wants it.
  }

  /** Who shall have the name now that nobody's lease is in the way; null if nobody wants it. */
  private @Nullable TableCommand next(
      String name, long expectedToken, Spread spread, long nowNanos) {
    KnownSession host = spread.poorestOffering(name);
    if (host != null) {
      spread.count(host.id, 1);
      return new Assign(name, expectedToken, host.id, "", 0);
    }
    for (KnownSession session : sessions.values()) {
      if (isLive(session, nowNanos) && !decisions.isWithheld(session.id)) {
        for (Acquisition asked : session.wishes().acquiring()) {
          if (asked.name().equals(name)) {
            return new Assign(
                name, expectedToken, session.id, asked.owner(), asked.timeToLiveNanos());
          }
        }
      }
    }
    return null;
  }

  private void giveFree(TableView view, Spread spread, long nowNanos, List<Proposal> proposals) {
    Set<String> wanted = new TreeSet<>();
    // Before all sessions have attached, the first one would get everything.
    boolean attached = isPast(nowNanos, attachUntilNanos);
    for (KnownSession session : sessions.values()) {
      if (attached) {
        wanted.addAll(session.wishes().offers());
      }
      session.wishes().acquiring().forEach(asked -> wanted.add(asked.name()));
    }
    for (String name : wanted) {
      if (view.entry(name) == null && !decisions.isDeciding(name)) {
        TableCommand next = next(name, 0, spread, nowNanos);
        if (next != null) {
          propose(next, null, proposals);
        }
      }
    }
  }

  private void propose(
      TableCommand command, @Nullable SessionId withheld, List<Proposal> proposals) {
    proposals.add(decisions.propose(term, command, withheld));
  }

  /** Asks for one name at a time, so that moving them disturbs little. */
  private void rebalance(TableView view, Spread spread, long nowNanos) {
    handOvers
        .entrySet()
        .removeIf(
            asked -> {
              TableEntry entry = view.entry(asked.getKey());
              return entry == null || entry.token() != asked.getValue().token();
            });
    TableEntry entry =
        spread.tooMany(
            view,
            held -> !handOvers.containsKey(held.name()) && !decisions.isDeciding(held.name()));
    if (entry == null) {
      unevenSinceNanos = null;
      return;
    }
    if (unevenSinceNanos == null) {
      unevenSinceNanos = nowNanos;
    }
    boolean lasted = nowNanos - unevenSinceNanos >= settings.rebalanceAfterNanos();
    boolean moving = false;
    for (HandOver asked : handOvers.values()) {
      moving |= nowNanos - asked.askedNanos() < settings.rebalanceAfterNanos();
    }
    if (lasted && !moving) {
      handOvers.put(entry.name(), new HandOver(entry.token(), nowNanos));
    }
  }
}
