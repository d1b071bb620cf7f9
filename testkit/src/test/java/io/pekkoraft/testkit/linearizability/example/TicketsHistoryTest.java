package io.pekkoraft.testkit.linearizability.example;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.testkit.linearizability.History;
import io.pekkoraft.testkit.linearizability.LinearizabilityChecker;
import io.pekkoraft.testkit.linearizability.Specification;
import io.pekkoraft.testkit.linearizability.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

/** An application's own specification: a counter that hands out numbers, none of them twice. */
class TicketsHistoryTest {

  /** What is asked of it. */
  enum Ask {
    NEXT,
    HOW_MANY
  }

  /** What one process without faults would answer; the state is how many were handed out. */
  static final class Tickets implements Specification<Long, Ask, Long> {
    @Override
    public Long initial() {
      return 0L;
    }

    @Override
    public Step<Long, Long> step(Long handedOut, Ask ask) {
      return switch (ask) {
        case NEXT -> new Step<>(handedOut + 1, handedOut + 1);
        case HOW_MANY -> new Step<>(handedOut, handedOut);
      };
    }
  }

  /** Four clients at once ask the system under test. */
  private static Verdict check(LongSupplier next, LongSupplier howMany)
      throws InterruptedException {
    History<Ask, Long> history = new History<>();
    List<Thread> clients = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      String name = "client " + i;
      Thread client =
          new Thread(
              () -> {
                for (int n = 0; n < 100; n++) {
                  Ask ask = n % 3 == 0 ? Ask.HOW_MANY : Ask.NEXT;
                  History.Call<Ask, Long> call = history.invoke(name, ask); // before it leaves
                  call.returned((ask == Ask.NEXT ? next : howMany).getAsLong());
                }
              });
      clients.add(client);
      client.start();
    }
    for (Thread client : clients) {
      client.join();
    }
    return new LinearizabilityChecker<>(new Tickets()).check(history);
  }

  @Test
  void an_atomic_counter_is_linearizable() throws InterruptedException {
    AtomicLong counter = new AtomicLong();

    check(counter::incrementAndGet, counter::get).orFail();
  }

  @Test
  void a_counter_read_from_an_old_copy_is_not() throws InterruptedException {
    AtomicLong counter = new AtomicLong();

    Verdict verdict = check(counter::incrementAndGet, () -> Math.max(0, counter.get() - 50));

    assertThat(verdict).isInstanceOf(Verdict.NotLinearizable.class);
    System.out.println(((Verdict.NotLinearizable) verdict).explanation());
  }
}
