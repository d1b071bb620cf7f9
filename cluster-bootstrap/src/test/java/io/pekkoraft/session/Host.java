package io.pekkoraft.session;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Offers a name; remembers what it was told, and does what it is asked to. */
final class Host implements Session.Offer {
  final Session session;
  final String name;
  final List<String> told = new CopyOnWriteArrayList<>();
  volatile long token;
  volatile long assignedNanos;

  Host(Session session, String name) {
    this.session = session;
    this.name = name;
    session.offer(name, this);
  }

  boolean holds() {
    long present = token;
    return present != 0 && session.holds(name, present);
  }

  @Override
  public void assigned(long assigned) {
    assignedNanos = System.nanoTime();
    token = assigned;
    told.add("assigned " + assigned);
    session.acting(name, assigned, session.id().name() + "/user/" + name);
  }

  @Override
  public void handOver(long held) {
    token = 0;
    session.released(name, held);
    told.add("hand over " + held); // Last: who awaits it relies on all of it.
  }

  @Override
  public void lost(long held) {
    token = 0;
    told.add("lost " + held);
  }

  @Override
  public void lapsed(long held) {
    told.add("lapsed " + held);
  }

  @Override
  public void resumed(long held) {
    told.add("resumed " + held);
  }
}
