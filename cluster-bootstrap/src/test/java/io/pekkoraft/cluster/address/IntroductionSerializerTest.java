package io.pekkoraft.cluster.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pekkoraft.layout.MalformedBytesException;
import io.pekkoraft.log.NodeId;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class IntroductionSerializerTest {
  private static final Introduction MEMBER =
      new Introduction("shop", NodeId.of("a"), 7, 8, "pekko://shop@10.0.0.1:2551", true);

  private final IntroductionSerializer serializer = new IntroductionSerializer();

  @Test
  void everything_comes_back_as_it_was() {
    Introduction client = new Introduction("shop", null, 0, 9, "pekko://shop@h:1", false);
    for (Introduction introduction : List.of(MEMBER, client)) {
      byte[] bytes = serializer.toBinary(introduction);
      assertThat(serializer.fromBinary(bytes, serializer.manifest(introduction)))
          .isEqualTo(introduction);
    }
    assertThat(serializer.identifier()).isEqualTo(1_746_203_919);
  }

  @Test
  void cut_and_changed_bytes_give_the_named_exception_and_nothing_else() {
    SplittableRandom random = new SplittableRandom(1);
    byte[] good = serializer.toBinary(MEMBER);
    for (int run = 0; run < 20_000; run++) {
      byte[] bad =
          Arrays.copyOf(
              good, random.nextInt(4) == 0 ? random.nextInt(good.length + 4) : good.length);
      for (int flips = random.nextInt(1, 5); flips > 0 && bad.length > 0; flips--) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt();
      }
      if (!Arrays.equals(bad, good)) {
        assertThatThrownBy(() -> serializer.fromBinary(bad, "introduction"))
            .isInstanceOf(MalformedBytesException.class);
      }
    }
  }
}
