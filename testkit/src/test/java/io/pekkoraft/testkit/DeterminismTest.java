package io.pekkoraft.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pekkoraft.api.StateMachine;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Each way not to be deterministic is found, and told so that a person sees which it is. */
class DeterminismTest {
  private static final List<byte[]> COMMANDS = commands();

  private static List<byte[]> commands() {
    List<byte[]> commands = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      commands.add(("item " + i * 7 % 25).getBytes(UTF_8));
    }
    return commands;
  }

  /** Counts words, in order; the subclasses spoil it. */
  private static class Words implements StateMachine {
    Map<String, Long> counts = new TreeMap<>();

    @Override
    public byte[] apply(long index, byte[] command) {
      return Long.toString(counts.merge(new String(command, UTF_8), 1L, Long::sum)).getBytes(UTF_8);
    }

    @Override
    public void writeSnapshot(OutputStream out) throws IOException {
      for (Map.Entry<String, Long> entry : counts.entrySet()) {
        out.write((entry.getKey() + "=" + entry.getValue() + "\n").getBytes(UTF_8));
      }
    }

    @Override
    public void restore(InputStream in) throws IOException {
      counts.clear();
      read(in);
    }

    void read(InputStream in) throws IOException {
      new String(in.readAllBytes(), UTF_8)
          .lines()
          .map(line -> line.split("="))
          .forEach(pair -> counts.put(pair[0], Long.parseLong(pair[1])));
    }
  }

  private static void finds(Supplier<StateMachine> machine, String... words) {
    assertThatThrownBy(() -> Determinism.check(machine, COMMANDS))
        .isInstanceOf(DeterminismViolation.class)
        .hasMessageContainingAll(words);
  }

  @Test
  void a_deterministic_state_machine_passes() {
    Determinism.check(Words::new, COMMANDS);
    Determinism.checkInOtherProcess(Words.class, COMMANDS);
  }

  @Test
  void random_numbers_are_found() {
    finds(
        () ->
            new Words() {
              private final Random random = new Random();

              @Override
              public byte[] apply(long index, byte[] command) {
                counts.put("lucky", random.nextLong());
                return super.apply(index, command);
              }
            },
        "at command 1 of 60, \"item 0\"",
        "the state of a second instance");
  }

  @Test
  void a_static_that_instances_share_is_found() {
    finds(SharedTotal::new, "at command 1 of 60", "the result of a second instance", "\"2\"");
  }

  private static final class SharedTotal extends Words {
    private static long total;

    @Override
    public byte[] apply(long index, byte[] command) {
      super.apply(index, command);
      return Long.toString(++total).getBytes(UTF_8);
    }
  }

  @Test
  void a_clock_that_counts_coarsely_is_found_by_running_later() {
    finds(
        () ->
            new Words() {
              @Override
              public byte[] apply(long index, byte[] command) {
                long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime()) / 2;
                counts.put("time", millis);
                return super.apply(index, command);
              }
            },
        "differs");
  }

  @Test
  void an_order_that_rests_on_identity_is_found() {
    finds(ByIdentity::new, "the state of a second instance");
  }

  private static final class ByIdentity extends Words {
    private record Item(Object identity, String text) {
      @Override
      public boolean equals(Object other) {
        return this == other;
      }

      @Override
      public int hashCode() {
        return System.identityHashCode(this);
      }
    }

    private final Set<Item> items = new HashSet<>();

    @Override
    public byte[] apply(long index, byte[] command) {
      items.add(new Item(new Object(), new String(command, UTF_8)));
      return new byte[0];
    }

    @Override
    public void writeSnapshot(OutputStream out) throws IOException {
      for (Item item : items) {
        out.write(item.text().getBytes(UTF_8));
      }
    }
  }

  @Test
  void an_order_of_a_hash_map_that_a_restore_changes_is_found() {
    finds(
        () -> {
          Words words =
              new Words() {
                @Override
                public void restore(InputStream in) throws IOException {
                  counts = new HashMap<>(); // smaller, so that keys stand in another order
                  read(in);
                }
              };
          words.counts = new HashMap<>(1 << 12);
          return words;
        },
        "restored from the snapshot after command");
  }

  @Test
  void what_a_snapshot_forgets_is_missed_later() {
    finds(
        () ->
            new Words() {
              private long all;

              @Override
              public byte[] apply(long index, byte[] command) {
                super.apply(index, command);
                return Long.toString(++all).getBytes(UTF_8);
              }
            },
        "at command 2 of 60",
        "the result of a new instance, restored from the snapshot after command 1");
  }

  @Test
  void what_a_restore_leaves_behind_shows() {
    finds(
        () ->
            new Words() {
              @Override
              public void restore(InputStream in) throws IOException {
                read(in);
              }
            },
        "an instance that was in use, restored from the snapshot after command 1");
  }

  @Test
  void a_snapshot_that_changes_the_state_is_found() {
    finds(
        () ->
            new Words() {
              @Override
              public void writeSnapshot(OutputStream out) throws IOException {
                counts.merge("snapshots", 1L, Long::sum);
                super.writeSnapshot(out);
              }
            },
        "a snapshot written twice differs");
  }

  @Test
  void a_result_that_is_written_over_is_found() {
    finds(
        () ->
            new Words() {
              private final byte[] answer = new byte[1];

              @Override
              public byte[] apply(long index, byte[] command) {
                answer[0] = super.apply(index, command)[0];
                return answer;
              }
            },
        "the result, looked at after all other commands");
  }

  @Test
  void a_command_that_is_changed_is_found() {
    finds(
        () ->
            new Words() {
              @Override
              public byte[] apply(long index, byte[] command) {
                command[0] = 'I';
                return new byte[0];
              }
            },
        "apply changed the bytes of its command to \"Item 0\"");
  }

  @Test
  void a_restore_that_does_not_read_all_is_found() {
    finds(
        () ->
            new Words() {
              @Override
              public void restore(InputStream in) throws IOException {
                counts.clear();
                read(new ByteArrayInputStream(in.readNBytes(9)));
              }
            },
        "B of the snapshot unread");
  }

  @Test
  void what_differs_in_another_jvm_only_is_found_there() {
    Determinism.check(ByLocale::new, COMMANDS);
    assertThatThrownBy(() -> Determinism.checkInOtherProcess(ByLocale.class, COMMANDS))
        .isInstanceOf(DeterminismViolation.class)
        .hasMessageContaining("the result in another process");
  }

  /** Capital letters, as the machine's own language has them: the Turkish i has a dot. */
  private static final class ByLocale extends Words {
    @Override
    public byte[] apply(long index, byte[] command) {
      return new String(command, UTF_8).toUpperCase(Locale.getDefault()).getBytes(UTF_8);
    }
  }

  /** A state machine that throws at the second command, in the method that a test chooses. */
  private static class Throwing extends Words {
    void afterTwo() {
      if (counts.size() == 2) {
        throw new IllegalStateException("no room");
      }
    }
  }

  private static void names(Supplier<StateMachine> machine, String report) {
    assertThatThrownBy(() -> Determinism.check(machine, COMMANDS.subList(0, 2)))
        .isInstanceOf(DeterminismViolation.class)
        .hasMessage(report)
        .cause()
        .hasMessage("no room");
  }

  @Test
  void an_exception_of_apply_is_told_with_the_command() {
    names(
        () ->
            new Throwing() {
              @Override
              public byte[] apply(long index, byte[] command) {
                byte[] result = super.apply(index, command);
                afterTwo();
                return result;
              }
            },
        "apply threw at command 2 of 2, \"item 7\" (6 B): "
            + "java.lang.IllegalStateException: no room");
  }

  @Test
  void an_exception_of_write_snapshot_is_told_with_the_command() {
    names(
        () ->
            new Throwing() {
              @Override
              public void writeSnapshot(OutputStream out) throws IOException {
                afterTwo();
                super.writeSnapshot(out);
              }
            },
        "writeSnapshot threw after command 2 of 2, \"item 7\" (6 B): "
            + "java.lang.IllegalStateException: no room");
  }

  @Test
  void an_exception_of_restore_is_told_with_the_snapshot_and_the_instance() {
    names(
        () ->
            new Throwing() {
              @Override
              public void restore(InputStream in) throws IOException {
                throw new IOException("no room");
              }
            },
        "restore threw of a new instance, given the snapshot after command 1 of 2, "
            + "\"item 0\" (6 B): java.io.IOException: no room");
  }

  @Test
  void a_result_that_is_missing_is_told_with_the_command() {
    finds(
        () ->
            new Words() {
              @Override
              @SuppressWarnings("NullAway") // as an application without null checks does it
              public byte[] apply(long index, byte[] command) {
                return null;
              }
            },
        "apply returned null, not even an empty array, at command 1 of 60, \"item 0\"");
  }

  @Test
  void nothing_to_check_is_refused() {
    assertThatThrownBy(() -> Determinism.check(Words::new, List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("without commands nothing is checked: give some hundreds");
    assertThatThrownBy(() -> Determinism.checkInOtherProcess(Words.class, List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_supplier_that_gives_one_instance_twice_is_refused() {
    Words one = new Words();
    assertThatThrownBy(() -> Determinism.check(() -> one, COMMANDS))
        .hasMessageContaining("must give a new state machine each time");
    assertThat(one.counts).isEmpty();
  }
}
