package io.pekkoraft.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.log.NodeId;
import io.pekkoraft.persistence.file.DirectoryStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AddressFileTest {
  @TempDir Path data;

  @Test
  void what_was_written_last_is_read() throws IOException {
    AddressFile file = new AddressFile(DirectoryStorage.open(data));
    assertThat(file.read()).isEmpty();
    file.write(Map.of(NodeId.of("a"), "pekko://s@h:1"));
    Map<NodeId, String> newer =
        Map.of(NodeId.of("a"), "pekko://s@h:2", NodeId.of("b"), "pekko://s@h:3");
    file.write(newer);
    assertThat(file.read()).isEqualTo(newer);
    assertThat(data.resolve("ADDRESSES.new")).doesNotExist();
  }

  @Test
  void a_damaged_one_is_as_good_as_none() throws IOException {
    AddressFile file = new AddressFile(DirectoryStorage.open(data));
    file.write(Map.of(NodeId.of("a"), "pekko://s@h:1"));
    Path path = data.resolve("ADDRESSES");
    Files.writeString(path, Files.readString(path).replace("h:1", "h:2"));
    assertThat(file.read()).isEmpty();
  }
}
