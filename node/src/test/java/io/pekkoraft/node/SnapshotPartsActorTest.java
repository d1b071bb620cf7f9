package io.pekkoraft.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.log.Configuration;
import io.pekkoraft.log.LogPosition;
import io.pekkoraft.log.Member;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.log.SnapshotDescriptor;
import io.pekkoraft.message.Bytes;
import io.pekkoraft.message.NodeCommand;
import io.pekkoraft.persistence.file.DirectoryStorage;
import io.pekkoraft.persistence.snapshot.SnapshotFile;
import io.pekkoraft.persistence.snapshot.SnapshotFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Parts of snapshots, stored on a real disk. */
class SnapshotPartsActorTest {
  private static final int PART = 100;
  private static final byte[] CONTENT = content();

  @TempDir Path directory;
  private SnapshotFiles files;
  private TestInbox<NodeCommand> node;
  private BehaviorTestKit<SnapshotPartsActor.Command> parts;

  private static byte[] content() {
    byte[] content = new byte[250];
    for (int i = 0; i < content.length; i++) {
      content[i] = (byte) i;
    }
    return content;
  }

  @BeforeEach
  void open() throws IOException {
    files = SnapshotFiles.open(DirectoryStorage.open(directory));
    node = TestInbox.create();
    parts = BehaviorTestKit.create(SnapshotPartsActor.create(files, node.getRef()));
  }

  @AfterEach
  void close() throws IOException {
    files.close();
  }

  /** A snapshot of another member, which calls the file what it likes. */
  private static SnapshotDescriptor snapshot(long index) throws GeneralSecurityException {
    Configuration members =
        new Configuration(List.of(new Member(NodeId.of("a"), 7, "pekko://test")));
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(CONTENT);
    return new SnapshotDescriptor(
        new LogPosition(1, index),
        index,
        members,
        "theirs",
        CONTENT.length,
        HexFormat.of().formatHex(hash));
  }

  /** Stores the part at an offset, and returns what the node is told. */
  private NodeCommand.SnapshotPartStored store(SnapshotDescriptor snapshot, long offset) {
    int from = (int) offset;
    byte[] part = Arrays.copyOfRange(CONTENT, from, Math.min(from + PART, CONTENT.length));
    parts.run(new SnapshotPartsActor.Store(snapshot, offset, new Bytes(part)));
    return (NodeCommand.SnapshotPartStored) node.receiveMessage();
  }

  /**
   * The state may be the same at two indexes. Then the later snapshot needs a file of its own: that
   * of the earlier one is deleted as soon as the later one counts.
   */
  @Test
  void a_later_snapshot_of_the_same_content_does_not_go_on_with_the_file_of_the_earlier_one()
      throws IOException, GeneralSecurityException {
    assertThat(store(snapshot(5), 0).nextOffset()).isEqualTo(PART);
    SnapshotDescriptor later = snapshot(9);
    NodeCommand.SnapshotPartStored stored = store(later, 0);
    while (!stored.complete()) {
      stored = store(later, stored.nextOffset());
    }
    SnapshotDescriptor received = stored.snapshot();
    assertThat(received.index()).isEqualTo(9);

    parts.run(new SnapshotPartsActor.DeleteBefore(9));
    SnapshotFile file =
        new SnapshotFile(received.file(), received.length(), received.contentHash());
    try (InputStream in = files.openVerified(file)) {
      assertThat(in.readAllBytes()).isEqualTo(CONTENT);
    }
  }
}
