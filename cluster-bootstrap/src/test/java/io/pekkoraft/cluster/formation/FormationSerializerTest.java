package io.pekkoraft.cluster.formation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pekkoraft.cluster.formation.FormationState.Step;
import io.pekkoraft.layout.MalformedBytesException;
import io.pekkoraft.log.Configuration;
import io.pekkoraft.log.GroupIdentity;
import io.pekkoraft.log.Member;
import io.pekkoraft.log.NodeId;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FormationSerializerTest {
  private static final Proposal PROPOSAL =
      new Proposal(
          new GroupIdentity("demo", "kv", 0x0102030405060708L),
          new Configuration(List.of(new Member(NodeId.of("a"), 7, "pekko://s@h:1"))));
  private static final Statement STATEMENT =
      new Statement(
          new Identity("demo", "kv", NodeId.of("a"), 7),
          "pekko://s@h:1",
          FormationWorld.LIST,
          new FormationState(Step.STARTED, PROPOSAL),
          true);

  private final FormationSerializer serializer = new FormationSerializer();

  @Test
  void everything_comes_back_as_it_was() {
    Statement fresh =
        new Statement(
            STATEMENT.sender(),
            STATEMENT.address(),
            FormationWorld.LIST,
            FormationState.INITIAL,
            false);
    for (Object value :
        List.of(
            STATEMENT,
            fresh,
            new FormationEvent.Promised(PROPOSAL),
            new FormationEvent.Formed(PROPOSAL),
            new FormationEvent.Started())) {
      byte[] bytes = serializer.toBinary(value);
      assertThat(serializer.fromBinary(bytes, serializer.manifest(value))).isEqualTo(value);
    }
  }

  @Test
  void what_journals_keep_never_changes() {
    assertThat(serializer.identifier()).isEqualTo(1_746_203_917);
    assertThat(serializer.manifest(new FormationEvent.Started())).isEqualTo("formation");
    byte[] promised = serializer.toBinary(new FormationEvent.Promised(PROPOSAL));
    assertThat(HexFormat.of().formatHex(promised, 6, promised.length))
        .isEqualTo(
            "02"
                + "0464656d6f"
                + "026b76"
                + "0807060504030201"
                + "01"
                + "0161"
                + "0700000000000000"
                + "0d70656b6b6f3a2f2f7340683a31");
  }

  @Test
  void cut_and_changed_bytes_give_the_named_exception_and_nothing_else() {
    SplittableRandom random = new SplittableRandom(1);
    byte[] good = serializer.toBinary(STATEMENT);
    for (int run = 0; run < 20_000; run++) {
      byte[] bad =
          Arrays.copyOf(
              good, random.nextInt(4) == 0 ? random.nextInt(good.length + 4) : good.length);
      for (int flips = random.nextInt(1, 5); flips > 0 && bad.length > 0; flips--) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt();
      }
      if (!Arrays.equals(bad, good)) {
        assertThatThrownBy(() -> serializer.fromBinary(bad, "formation"))
            .isInstanceOf(MalformedBytesException.class);
      }
    }
  }
}
