package io.pekkoraft.coordination;

import io.pekkoraft.coordination.Wishes.Grant;
import io.pekkoraft.coordination.Wishes.Instance;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the leader of a term has heard of a session. */
final class KnownSession {
  final SessionId id;
  private long heardNanos;
  private long sentNanos;
  private long revision;
  private Wishes wishes = Wishes.NONE;
  private Set<String> offers = Set.of();
  private Set<Grant> released = Set.of();
  private Map<String, Instance> acting = Map.of();

  KnownSession(Ping first, long nowNanos) {
    this.id = first.session();
    this.sentNanos = first.sentNanos() - 1;
    this.heardNanos = nowNanos;
  }

  /** True unless it was sent before another that was heard. */
  boolean isNew(Ping ping) {
    return ping.sentNanos() - sentNanos > 0;
  }

  /** Returns true if its wishes changed. */
  boolean hear(Ping ping, long nowNanos) {
    heardNanos = nowNanos;
    sentNanos = ping.sentNanos();
    Wishes said = ping.wishes();
    if (said == null || ping.revision() == revision) {
      return false;
    }
    revision = ping.revision();
    wishes = said;
    offers = new HashSet<>(said.offers());
    released = new HashSet<>(said.released());
    acting = new HashMap<>();
    said.acting().forEach(instance -> acting.put(instance.name(), instance));
    return true;
  }

  /** When its last ping was received. */
  long heardNanos() {
    return heardNanos;
  }

  long revision() {
    return revision;
  }

  Wishes wishes() {
    return wishes;
  }

  boolean offers(String name) {
    return !wishes.leaving() && offers.contains(name);
  }

  boolean hasReleased(TableEntry entry) {
    return !released.isEmpty() && released.contains(new Grant(entry.name(), entry.token()));
  }

  /** Where it acts under this very grant, or null. */
  @Nullable String pathOf(TableEntry entry) {
    Instance instance = acting.get(entry.name());
    return instance != null && instance.token() == entry.token() ? instance.path() : null;
  }
}
