package io.pekkoraft.bootstrap.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class KeyValueStoreTest {
  private final KeyValueStore store = new KeyValueStore();
  private long index = 10;

  @Test
  void what_is_put_can_be_got_until_it_is_deleted() {
    assertThat(apply(new KeyValueCommand.Get("k")).present()).isFalse();
    assertThat(apply(new KeyValueCommand.Put("k", bytes("one"))).present()).isFalse();
    assertThat(apply(new KeyValueCommand.Put("k", bytes("two"))).present()).isTrue();
    assertThat(apply(new KeyValueCommand.Get("k")).value()).isEqualTo(bytes("two"));
    assertThat(apply(new KeyValueCommand.Delete("k")).present()).isTrue();
    assertThat(apply(new KeyValueCommand.Get("k")).present()).isFalse();
    assertThat(store.view().appliedIndex()).isEqualTo(index);
  }

  @Test
  void a_snapshot_makes_the_same_state_again_and_equal_states_give_equal_snapshots()
      throws IOException {
    KeyValueStore other = new KeyValueStore();
    for (int i = 0; i < 500; i++) {
      apply(new KeyValueCommand.Put("key ü " + i, bytes("v".repeat(i))));
    }
    for (int i = 499; i >= 0; i--) {
      other.apply(index, new KeyValueCommand.Put("key ü " + i, bytes("v".repeat(i))).toBytes());
    }
    byte[] snapshot = snapshot(store);
    assertThat(snapshot(other)).isEqualTo(snapshot);
    KeyValueStore restored = new KeyValueStore();
    restored.apply(1, new KeyValueCommand.Put("stale", bytes("x")).toBytes());
    restored.restore(new ByteArrayInputStream(snapshot));
    assertThat(restored.view().entries()).hasSize(500).doesNotContainKey("stale");
    assertThat(restored.view().entries().get("key ü 7")).isEqualTo(bytes("v".repeat(7)));
    assertThat(restored.view().appliedIndex()).isEqualTo(index);
  }

  @Test
  void a_cut_or_lengthened_snapshot_is_refused_and_changes_nothing() throws IOException {
    apply(new KeyValueCommand.Put("k", bytes("value")));
    byte[] snapshot = snapshot(store);
    KeyValueStore restored = new KeyValueStore();
    for (int length = 0; length < snapshot.length; length++) {
      byte[] cut = Arrays.copyOf(snapshot, length);
      assertThatThrownBy(() -> restored.restore(new ByteArrayInputStream(cut)))
          .isInstanceOf(IOException.class);
    }
    byte[] longer = Arrays.copyOf(snapshot, snapshot.length + 1);
    assertThatThrownBy(() -> restored.restore(new ByteArrayInputStream(longer)))
        .isInstanceOf(IOException.class);
    assertThat(restored.view().entries()).isEmpty();
  }

  @Test
  void commands_keep_their_bytes_and_limits() {
    byte[] put = new KeyValueCommand.Put("k", new byte[] {9}).toBytes();
    assertThat(put).isEqualTo(new byte[] {1, 1, 0, 1, 'k', 9}); // the log's format: never to change
    assertThat(new KeyValueCommand.Get("k").toBytes()).isEqualTo(new byte[] {1, 2, 0, 1, 'k'});
    assertThat(new KeyValueCommand.Delete("k").toBytes()).isEqualTo(new byte[] {1, 3, 0, 1, 'k'});
    assertThatThrownBy(() -> new KeyValueCommand.Get("").toBytes())
        .hasMessageContaining("1 to 512");
    assertThatThrownBy(() -> new KeyValueCommand.Get("ü".repeat(257)).toBytes())
        .hasMessageContaining("514");
    for (byte[] malformed :
        new byte[][] {
          {},
          {1, 1, 0},
          {2, 1, 0, 1, 'k'},
          {1, 9, 0, 1, 'k'},
          {1, 1, 0, 0},
          {1, 1, 0, 2, 'k'},
          {1, 2, 0, 1, 'k', 0}
        }) {
      assertThatThrownBy(() -> KeyValueCommand.fromBytes(malformed))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  private KeyValueResult apply(KeyValueCommand command) {
    return KeyValueResult.fromBytes(store.apply(++index, command.toBytes()));
  }

  private static byte[] snapshot(KeyValueStore store) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    store.writeSnapshot(out);
    return out.toByteArray();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
