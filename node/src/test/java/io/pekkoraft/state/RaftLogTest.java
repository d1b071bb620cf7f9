package io.pekkoraft.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pekkoraft.log.ChainHash;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.LogPosition;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RaftLogTest {

  /** The ring against a plain list, whatever is appended, truncated and dropped. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void the_ring_is_a_list_that_moves_at_both_ends(long seed) {
    Random random = new Random(seed);
    RaftLog log = new RaftLog();
    List<LogEntry> model = new ArrayList<>();
    long term = 1;
    for (int step = 0; step < 3_000; step++) {
      long base = log.base().index();
      switch (random.nextInt(4)) {
        case 0, 1 -> {
          term += random.nextInt(2);
          for (int i = random.nextInt(20); i > 0; i--) {
            LogEntry entry =
                LogEntry.following(
                    log.lastHash(),
                    log.lastIndex() + 1,
                    term,
                    LogEntry.Kind.COMMAND,
                    new byte[random.nextInt(5)]);
            log.append(List.of(entry));
            model.add(entry);
          }
        }
        case 2 -> {
          int keep = model.isEmpty() ? 0 : random.nextInt(model.size() + 1);
          log.truncateFrom(base + keep + 1);
          model.subList(keep, model.size()).clear();
        }
        default -> {
          int drop = model.isEmpty() ? 0 : random.nextInt(model.size() + 1) / 2;
          log.dropTo(base + drop);
          model.subList(0, drop).clear();
        }
      }
      check(log, model);
    }
  }

  private static void check(RaftLog log, List<LogEntry> model) {
    assertThat(log.lastIndex() - log.base().index()).isEqualTo(model.size());
    long bytes = 0;
    for (int i = 0; i < model.size(); i++) {
      assertThat(log.entry(log.firstIndex() + i)).isSameAs(model.get(i));
      bytes += model.get(i).heapBytes();
    }
    assertThat(log.retainedBytes()).isEqualTo(bytes);
    assertThat(log.slice(log.base().index(), 1 << 20, 1 << 20).entries()).isEqualTo(model);
  }

  @Test
  void what_is_not_retained_is_an_error_and_never_term_zero() {
    RaftLog log = new RaftLog();
    log.append(States.log(1, 1, 2));
    log.dropTo(2);

    assertThat(log.termAt(2)).isEqualTo(1);
    assertThatThrownBy(() -> log.termAt(1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> log.termAt(4)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> log.slice(1, 9, 9)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void a_log_goes_on_after_a_snapshot() {
    RaftLog log = new RaftLog();
    log.append(States.log(1, 1, 1));
    log.restartAt(new LogPosition(7, 20), 77);

    assertThat(log.last()).isEqualTo(new LogPosition(7, 20));
    assertThat(log.lastHash()).isEqualTo(77).isNotEqualTo(ChainHash.EMPTY);
    assertThat(log.retainedBytes()).isZero();
    assertThatThrownBy(() -> log.append(States.log(1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_slice_has_one_entry_at_least_and_keeps_its_limits() {
    RaftLog log = new RaftLog();
    log.append(States.log(1, 1, 1, 1));

    assertThat(log.slice(0, 10, 0).entries()).hasSize(1);
    assertThat(log.slice(0, 3, 100).entries()).hasSize(3);
    assertThat(log.slice(1, 10, 2).entries()).hasSize(2);
    assertThat(log.slice(4, 10, 2).entries()).isEmpty();
  }
}
