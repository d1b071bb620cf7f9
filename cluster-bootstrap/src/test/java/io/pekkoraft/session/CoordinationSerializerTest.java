package io.pekkoraft.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pekkoraft.coordination.CoordinationLimits;
import io.pekkoraft.coordination.Holding;
import io.pekkoraft.coordination.Ping;
import io.pekkoraft.coordination.Pong;
import io.pekkoraft.coordination.Pong.Held;
import io.pekkoraft.coordination.Pong.Refusal;
import io.pekkoraft.coordination.SessionId;
import io.pekkoraft.coordination.Wishes;
import io.pekkoraft.coordination.Wishes.Acquisition;
import io.pekkoraft.coordination.Wishes.Grant;
import io.pekkoraft.coordination.Wishes.Instance;
import io.pekkoraft.layout.MalformedBytesException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class CoordinationSerializerTest {
  private static final SessionId SESSION = new SessionId("pekko://s@h:1", 0x0102030405060708L);
  private static final Ping SHORT = new Ping(SESSION, -5, 9, null);
  private static final Ping FULL =
      new Ping(
          SESSION,
          1_000,
          9,
          new Wishes(
              List.of("x", "y"),
              List.of(new Grant("x", 300)),
              List.of(
                  new Instance("y", 7, "pekko://s@h:1/user/y"),
                  new Instance("z", 8, "pekko://s@elsewhere:1/user/z")),
              List.of("w"),
              List.of(new Acquisition("l", "größe", 1_000_000)),
              true));
  private static final Reply REPLY =
      new Reply(
          "pekko://s@leader:1",
          new Pong(
              SESSION,
              3,
              4,
              1_000,
              5,
              6,
              9,
              List.of(new Held("x", 300, "", 0, true), new Held("l", 301, "me", 77, false)),
              List.of(new Refusal("m", "you")),
              List.of("n"),
              List.of(new Instance("w", 0, ""), new Instance("v", 2, "pekko://s@h:1/user/v"))));

  private final CoordinationSerializer serializer = new CoordinationSerializer();

  @Test
  void everything_comes_back_as_it_was() {
    for (Object value : List.of(SHORT, FULL, REPLY)) {
      byte[] bytes = serializer.toBinary(value);
      assertThat(serializer.fromBinary(bytes, serializer.manifest(value))).isEqualTo(value);
    }
    assertThatThrownBy(() -> serializer.toBinary("text"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void the_bytes_of_version_1() {
    assertThat(serializer.identifier()).isEqualTo(1_746_203_921);
    assertThat(serializer.manifest(SHORT)).isEqualTo("coordination");
    assertThat(hex(serializer.toBinary(SHORT)))
        .isEqualTo(
            "5301"
                + "01"
                + "0d70656b6b6f3a2f2f7340683a31"
                + "0807060504030201"
                + "fbffffffffffffff"
                + "09"
                + "00");
    assertThat(hex(serializer.toBinary(FULL)))
        .isEqualTo(
            "5301"
                + "01"
                + "0d70656b6b6f3a2f2f7340683a31"
                + "0807060504030201"
                + "e803000000000000"
                + "09"
                + "01"
                + "0201780179"
                + "010178ac02"
                + "02"
                + "01790701072f757365722f79"
                + "017a08001c70656b6b6f3a2f2f7340656c736577686572653a312f757365722f7a"
                + "010177"
                + "01016c076772c3b6c39f65c0843d"
                + "01");
    assertThat(hex(serializer.toBinary(REPLY)))
        .isEqualTo(
            "5301"
                + "02"
                + "1270656b6b6f3a2f2f73406c65616465723a31"
                + "0d70656b6b6f3a2f2f7340683a31"
                + "0807060504030201"
                + "0304"
                + "e803000000000000"
                + "050609"
                + "020178ac0200"
                + "0001"
                + "016cad02026d654d00"
                + "01016d03796f75"
                + "01016e"
                + "02017700000001760200"
                + "1470656b6b6f3a2f2f7340683a312f757365722f76");
  }

  private static String hex(byte[] frame) {
    HexFormat format = HexFormat.of();
    return format.formatHex(frame, 0, 2) + format.formatHex(frame, 6, frame.length);
  }

  @Test
  void cut_and_changed_bytes_give_the_named_exception_and_nothing_else() {
    SplittableRandom random = new SplittableRandom(1);
    for (Object value : List.of(FULL, REPLY)) {
      byte[] good = serializer.toBinary(value);
      for (int run = 0; run < 20_000; run++) {
        int length = random.nextInt(4) == 0 ? random.nextInt(good.length + 4) : good.length;
        byte[] bad = Arrays.copyOf(good, length);
        for (int flips = random.nextInt(1, 5); flips > 0 && bad.length > 0; flips--) {
          bad[random.nextInt(bad.length)] = (byte) random.nextInt();
        }
        if (!Arrays.equals(bad, good)) {
          assertThatThrownBy(() -> serializer.fromBinary(bad, "coordination"))
              .isInstanceOf(MalformedBytesException.class);
        }
      }
    }
  }

  /** With a checksum that fits, as an enemy would send it. */
  @Test
  void well_framed_nonsense_is_read_or_refused_by_the_named_exception() {
    SplittableRandom random = new SplittableRandom(2);
    for (Object value : List.of(FULL, REPLY)) {
      byte[] good = serializer.toBinary(value);
      for (int run = 0; run < 20_000; run++) {
        byte[] bad = good.clone();
        for (int flips = random.nextInt(1, 4); flips > 0; flips--) {
          bad[6 + random.nextInt(bad.length - 6)] = (byte) random.nextInt();
        }
        CRC32C crc = new CRC32C();
        crc.update(bad, 6, bad.length - 6);
        for (int i = 0; i < 4; i++) {
          bad[2 + i] = (byte) (crc.getValue() >>> (8 * i));
        }
        try {
          assertThat(serializer.fromBinary(bad, "coordination")).isNotNull();
        } catch (MalformedBytesException refused) {
          assertThat(refused.getMessage()).isNotEmpty();
        }
      }
    }
  }

  @Test
  void all_that_a_session_may_want_fits_into_a_frame_of_artery() {
    for (int length : new int[] {4, 30, 60, 120, 250}) {
      Holding holding = new Holding(SESSION);
      int admitted = 0;
      try {
        while (true) {
          String name = "n".repeat(length - 4) + (1000 + admitted);
          if (admitted % 3 == 2) {
            holding.acquire(name, "o".repeat(100), 1_000_000_000, 0);
          } else {
            holding.offer(name);
          }
          admitted++;
        }
      } catch (IllegalStateException full) {
        assertThat(full.getMessage()).contains("session");
      }
      assertThat(admitted).isBetween(100, CoordinationLimits.MAX_SESSION_NAMES);
      assertThat(serializer.toBinary(holding.ping(0, true)).length).isLessThan(200 * 1024);
    }
  }
}
