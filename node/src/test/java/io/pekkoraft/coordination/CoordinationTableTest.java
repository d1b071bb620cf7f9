package io.pekkoraft.coordination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pekkoraft.coordination.TableCommand.Assign;
import io.pekkoraft.coordination.TableCommand.Remove;
import io.pekkoraft.coordination.TableResult.Status;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class CoordinationTableTest {
  private static final SessionId A = new SessionId("pekko://s@a:1", 0x0102030405060708L);
  private static final SessionId B = new SessionId("pekko://s@b:1", 2);

  private final CoordinationTable table = new CoordinationTable();

  @Test
  void a_name_goes_to_whoever_knows_its_token() {
    assertThat(apply(5, new Assign("x", 0, A, "", 0))).isEqualTo(new TableResult(Status.DONE, 5));
    assertThat(apply(6, new Assign("x", 0, B, "", 0)))
        .isEqualTo(new TableResult(Status.OTHER_TOKEN, 5));
    assertThat(apply(7, new Assign("x", 5, B, "me", 9_000_000)))
        .isEqualTo(new TableResult(Status.DONE, 7));
    assertThat(table.view().entry("x")).isEqualTo(new TableEntry("x", 7, B, "me", 9_000_000));
    assertThat(apply(8, new Remove("x", 5))).isEqualTo(new TableResult(Status.OTHER_TOKEN, 7));
    assertThat(apply(9, new Remove("x", 7))).isEqualTo(new TableResult(Status.DONE, 0));
    assertThat(apply(10, new Remove("x", 7))).isEqualTo(new TableResult(Status.OTHER_TOKEN, 0));
    assertThat(table.view().entries()).isEmpty();
    assertThat(table.view().appliedIndex()).isEqualTo(10);
  }

  @Test
  void a_view_stays_as_it_was() {
    apply(5, new Assign("x", 0, A, "", 0));
    TableView before = table.view();
    apply(6, new Assign("y", 0, A, "", 0));
    assertThat(before.entries()).hasSize(1);
    assertThat(before.heldBy(A)).hasSize(1);
    assertThat(table.view().heldBy(A)).extracting(TableEntry::name).containsExactly("x", "y");
    assertThat(table.view().heldBy(B)).isEmpty();
    assertThat(table.view()).isSameAs(table.view());
  }

  @Test
  void what_is_no_command_is_refused_by_a_result_whatever_it_is() {
    apply(5, new Assign("x", 0, A, "", 0));
    byte[] good = new Assign("x", 5, B, "owner", 7_000_000).toBytes();
    SplittableRandom random = new SplittableRandom(1);
    for (int run = 0; run < 20_000; run++) {
      byte[] bad = Arrays.copyOf(good, random.nextInt(4) == 0 ? random.nextInt(90) : good.length);
      for (int flips = random.nextInt(1, 5); flips > 0 && bad.length > 0; flips--) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt();
      }
      if (!Arrays.equals(bad, good)) {
        assertThat(TableResult.fromBytes(table.apply(6, bad)).status()).isEqualTo(Status.MALFORMED);
      }
    }
    assertThat(table.view().entry("x")).isEqualTo(new TableEntry("x", 5, A, "", 0));
  }

  /** With a checksum that fits, as an enemy would send it. */
  @Test
  void well_framed_nonsense_is_refused_too_and_never_breaks_a_snapshot() throws IOException {
    byte[] good = new Assign("x", 0, A, "owner", 7_000_000).toBytes();
    SplittableRandom random = new SplittableRandom(2);
    for (int run = 0; run < 20_000; run++) {
      byte[] bad = good.clone();
      bad[6 + random.nextInt(bad.length - 6)] = (byte) random.nextInt();
      CRC32C crc = new CRC32C();
      crc.update(bad, 6, bad.length - 6);
      for (int i = 0; i < 4; i++) {
        bad[2 + i] = (byte) (crc.getValue() >>> (8 * i));
      }
      table.apply(run + 1, bad);
    }
    CoordinationTable other = new CoordinationTable();
    other.restore(new ByteArrayInputStream(snapshot(table)));
    assertThat(other.view().entries()).containsExactlyElementsOf(table.view().entries());
  }

  @Test
  void there_is_a_limit_to_the_names() {
    for (int i = 0; i < CoordinationLimits.MAX_TABLE_NAMES; i++) {
      apply(i + 1, new Assign("n" + i, 0, A, "", 0));
    }
    assertThat(apply(20_000, new Assign("more", 0, A, "", 0)).status()).isEqualTo(Status.FULL);
    assertThat(apply(20_001, new Assign("n7", 8, B, "", 0)).status()).isEqualTo(Status.DONE);
  }

  @Test
  void a_snapshot_makes_the_same_table_and_a_broken_one_changes_nothing() throws IOException {
    apply(5, new Assign("b", 0, A, "", 0));
    apply(6, new Assign("a", 0, B, "größe", 1_000_000_000));
    byte[] snapshot = snapshot(table);
    CoordinationTable other = new CoordinationTable();
    other.restore(new ByteArrayInputStream(snapshot));
    assertThat(other.view().entries()).containsExactlyElementsOf(table.view().entries());
    assertThat(other.view().appliedIndex()).isEqualTo(6);
    assertThat(snapshot(other)).isEqualTo(snapshot);
    for (int length = 0; length < snapshot.length; length++) {
      byte[] cut = Arrays.copyOf(snapshot, length);
      assertThatThrownBy(() -> other.restore(new ByteArrayInputStream(cut)))
          .isInstanceOf(IOException.class);
    }
    assertThat(other.view().entries()).hasSize(2);
  }

  /** Commands and snapshots are in logs and files: these bytes may never change. */
  @Test
  void the_bytes_of_version_1() throws IOException {
    assertThat(hex(new Assign("x", 300, A, "me", 1_000_000).toBytes()))
        .isEqualTo(
            "4301"
                + "01"
                + "0178"
                + "ac02"
                + "0d70656b6b6f3a2f2f7340613a31"
                + "0807060504030201"
                + "026d65"
                + "c0843d");
    assertThat(hex(new Remove("x", 300).toBytes())).isEqualTo("4301" + "02" + "0178ac02");
    assertThat(hex(table.apply(300, new Assign("x", 0, A, "me", 0).toBytes())))
        .isEqualTo("4101" + "00" + "ac02");
    assertThat(hex(snapshot(table)))
        .isEqualTo(
            "5401"
                + "ac02"
                + "01"
                + "0178"
                + "ac02"
                + "0d70656b6b6f3a2f2f7340613a31"
                + "0807060504030201"
                + "026d65"
                + "00");
  }

  @Test
  void names_owners_and_times_are_checked_where_they_enter() {
    for (String bad : new String[] {"", " ", "a b", "ü", "x".repeat(256), "\n"}) {
      assertThatThrownBy(() -> new Assign(bad, 0, A, "", 0))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("'!' to '~'");
    }
    assertThatThrownBy(() -> new Assign("x", 0, A, "", -1)).hasMessageContaining("a day");
    assertThatThrownBy(() -> CoordinationLimits.checkOwner("ü".repeat(257)))
        .hasMessageContaining("514");
  }

  private TableResult apply(long index, TableCommand command) {
    return TableResult.fromBytes(table.apply(index, command.toBytes()));
  }

  private static byte[] snapshot(CoordinationTable table) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    table.writeSnapshot(out);
    return out.toByteArray();
  }

  /** Without the checksum. */
  private static String hex(byte[] frame) {
    HexFormat format = HexFormat.of();
    return format.formatHex(frame, 0, 2) + format.formatHex(frame, 6, frame.length);
  }
}
