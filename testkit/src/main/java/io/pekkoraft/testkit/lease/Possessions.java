package io.pekkoraft.testkit.lease;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.coordination.lease.javadsl.Lease;

/**
 * When owners held a lease for certain. If one acquisition was seen held by two checks, it was held
 * all the time from the end of the first to the begin of the last; such times of two owners must
 * not overlap. How long a thread was held up does not matter, so there are no false alarms.
 */
final class Possessions {
  private final List<Possession> all = new ArrayList<>();

  private record Possession(String owner, long fromNanos, long toNanos) {
    private static Possession later(Possession one, Possession other) {
      return one.toNanos >= other.toNanos ? one : other;
    }
  }

  /** One acquisition that was granted, observed by one thread. */
  final class Observed {
    private final String owner;
    private long from;
    private long to;
    private boolean seen;

    private Observed(String owner) {
      this.owner = owner;
    }

    /** Looks whether it is held; not to be called any more once it was not. */
    boolean check(Lease lease) {
      long begin = System.nanoTime();
      boolean held = lease.checkLease();
      long end = System.nanoTime();
      if (held) {
        from = seen ? from : end;
        to = begin;
        seen = true;
      }
      return held;
    }

    /** Before it is given up, or after it was seen not to be held any more. */
    void end() {
      if (seen && to > from) {
        add(new Possession(owner, from, to));
      }
    }
  }

  Observed observe(String owner) {
    return new Observed(owner);
  }

  private synchronized void add(Possession possession) {
    all.add(possession);
  }

  synchronized long count(String owner) {
    return all.stream().filter(possession -> possession.owner.equals(owner)).count();
  }

  /** What went wrong, for people. */
  synchronized Optional<String> overlap() {
    all.sort(Comparator.comparingLong(Possession::fromNanos));
    for (int i = 1; i < all.size(); i++) {
      Possession latest = all.subList(0, i).stream().reduce(Possession::later).orElseThrow();
      Possession next = all.get(i);
      if (next.fromNanos < latest.toNanos && !next.owner.equals(latest.owner)) {
        long micros = (Math.min(latest.toNanos, next.toNanos) - next.fromNanos) / 1000;
        return Optional.of(
            latest.owner
                + " and "
                + next.owner
                + " held it at the same time for "
                + micros
                + " us");
      }
    }
    return Optional.empty();
  }
}
