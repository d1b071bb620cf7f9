package io.pekkoraft.coordination;

import io.pekkoraft.api.Leadership;
import io.pekkoraft.coordination.Grants.Answer;
import io.pekkoraft.coordination.Proposal.Fate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One leader's table and grants, and sessions that talk to it when a test says so. All read the
 * same clock, in milliseconds; what is proposed waits until {@link #commit}.
 */
final class CoordinationWorld {
  static final long ELECTION_TIMEOUT = 500;
  static final long GRACE = 100;
  static final long INTERVAL = 50;
  static final long REBALANCE_AFTER = 10_000;

  /** 500 ms (1 - 0.1) / (1 + 0.1), in nanoseconds. */
  static final long LEASE_NANOS = 409_090_909;

  static final GrantsSettings SETTINGS =
      new GrantsSettings(
          nanos(ELECTION_TIMEOUT), 0.1, nanos(INTERVAL), nanos(GRACE), nanos(REBALANCE_AFTER));

  final CoordinationTable table = new CoordinationTable();
  final List<Proposal> proposed = new ArrayList<>();
  Grants grants = new Grants(SETTINGS, table::view, 0);
  long now = 1_000;
  private long index = 100;
  private @Nullable Leadership leadership;

  static long nanos(long millis) {
    return millis * 1_000_000;
  }

  static Holding session(String name) {
    return new Holding(new SessionId("pekko://s@" + name + ":1", 1));
  }

  Leadership lead(long term) {
    return lead(term, false, now);
  }

  Leadership lead(long term, boolean byTransfer, long elected) {
    Leadership fresh = new Leadership(term, nanos(elected), byTransfer, LEASE_NANOS, nanos(now));
    leadership = fresh;
    grants.leading(fresh, nanos(now));
    return fresh;
  }

  /** Time passes; the leader's quorum answers all the while. */
  void elapse(long millis) {
    now += millis;
    if (leadership != null) {
      leadership.acknowledged(nanos(now));
    }
  }

  @Nullable Pong ask(Holding session) {
    return answer(session.ping(nanos(now), false));
  }

  @Nullable Pong answer(Ping ping) {
    Answer answer = grants.onPing(ping, nanos(now));
    proposed.addAll(answer.proposals());
    return answer.pong();
  }

  List<HoldingEvent> meet(Holding session) {
    Pong pong = ask(session);
    return pong == null ? List.of() : session.onPong(pong, nanos(now));
  }

  void tick() {
    proposed.addAll(grants.tick(nanos(now)));
  }

  /** All that was proposed takes effect. */
  void commit() {
    List<Proposal> all = List.copyOf(proposed);
    proposed.clear();
    for (Proposal proposal : all) {
      table.apply(++index, proposal.command().toBytes());
      grants.settled(proposal, Fate.APPLIED);
    }
  }

  void settle(Fate fate) {
    List<Proposal> all = List.copyOf(proposed);
    proposed.clear();
    all.forEach(proposal -> grants.settled(proposal, fate));
  }

  /** Sessions ping, and time passes, interval by interval; everything is committed at once. */
  List<HoldingEvent> run(long millis, Holding... sessions) {
    List<HoldingEvent> events = new ArrayList<>();
    for (long end = now + millis; now < end; ) {
      elapse(INTERVAL);
      for (Holding session : sessions) {
        events.addAll(meet(session));
        commit();
      }
      tick();
      commit();
    }
    for (Holding session : sessions) {
      events.addAll(meet(session));
    }
    return events;
  }

  boolean holds(Holding session, String name) {
    Long token = session.token(name);
    return token != null && session.holds(name, token, nanos(now));
  }

  @Nullable SessionId holder(String name) {
    TableEntry entry = table.view().entry(name);
    return entry == null ? null : entry.holder();
  }
}
