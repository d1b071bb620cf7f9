package io.pekkoraft.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.esotericsoftware.kryo.kryo5.io.Output;
import com.sun.management.ThreadMXBean;
import io.pekkoraft.layout.Frame;
import io.pekkoraft.layout.MalformedBytesException;
import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.message.PeerMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Bytes that no member would send. One named exception may come of them, nothing else. {@code
 * -Draft.frames=N} reads N mutated frames.
 */
class HostileBytesTest {
  private static final int FRAMES = Integer.getInteger("raft.frames", 100_000);

  /** After so many, no class is loaded any more that a frame can ask for. */
  private static final int WARM_UP_FRAMES = 100_000;

  private static final AtomicBoolean CANARY = new AtomicBoolean();

  /** Would be noticed if bytes could bring it to life. */
  public static final class Canary {
    static {
      CANARY.set(true);
    }
  }

  private final EnvelopeSerializer serializer = new EnvelopeSerializer();

  @Test
  @Timeout(value = 3, unit = TimeUnit.HOURS) // a second, unless told to read more
  void mutated_frames_are_refused_by_the_named_exception_and_cost_little() throws IOException {
    List<byte[]> frames = new ArrayList<>();
    RandomMessages messages = new RandomMessages(5);
    for (int i = 0; i < 10 * messages.types(); i++) {
      frames.add(serializer.toBinary(messages.envelope(i % messages.types())));
    }

    readMutations(frames, WARM_UP_FRAMES, Long.MAX_VALUE);
    int accepted = readMutations(frames, FRAMES, 8192);
    // As QualityFigures of the test kit would, which this module does not see.
    Path figures = Path.of("target/quality", System.getProperty("raft.quality.column", "verify"));
    Files.createDirectories(figures);
    Files.writeString(
        figures.resolve("hostile-frames.txt"),
        String.format(
            Locale.ROOT,
            "Hostile frames%nmutated frames read = %,d%nof them refused = %,d%n",
            FRAMES,
            FRAMES - accepted));
  }

  /**
   * Returns how many were good frames by chance, most of them because their checksum was mended.
   */
  private int readMutations(List<byte[]> frames, int count, long allowedBesideTwiceTheSize) {
    Random random = new Random(42);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    int accepted = 0;
    for (int i = 0; i < count; i++) {
      byte[] frame = mutate(frames, random);
      boolean resealed = i % 2 == 0 && frame.length > Frame.PROLOGUE_BYTES;
      if (resealed) {
        seal(frame);
      }
      long before = threads.getCurrentThreadAllocatedBytes();
      Object value = readOrRefuse(frame);
      long allocated = threads.getCurrentThreadAllocatedBytes() - before;
      if (allocated - 2L * frame.length > allowedBesideTwiceTheSize) {
        throw new AssertionError(
            "mutation " + i + ": " + allocated + " bytes for a frame of " + frame.length);
      }
      if (value != null) {
        accepted++;
        // Without a fitting checksum only an unchanged frame passes.
        if (!resealed && frames.stream().noneMatch(known -> Arrays.equals(known, frame))) {
          throw new AssertionError("mutation " + i + " passed the checksum");
        }
        assertThat(value).isInstanceOf(Envelope.class);
      }
    }
    assertThat(accepted).isBetween(count / 1000, count / 2);
    return accepted;
  }

  @Test
  void an_unknown_type_number_is_refused() {
    // As the message, as the envelope, and Kryo's own number for a string.
    refuses(frame(body -> body.writeVarInt(99 + 2, true)), "99");
    refuses(frame(body -> body.writeVarInt(24 + 2, true)), "expected a Envelope");
    refuses(frame(body -> body.writeVarInt(1 + 2, true)), "no message has the type number 1");
    refuses(frame(body -> body.writeVarInt(0, true)), "type number of nothing");

    byte[] heartbeat = serializer.toBinary(envelope());
    int typeAt = heartbeat.length - 2;
    assertThat(heartbeat[typeAt]).isEqualTo((byte) (20 + 2));
    for (int type = 0; type < 128; type++) {
      heartbeat[typeAt] = (byte) type;
      seal(heartbeat);
      if (type != 20 + 2) {
        assertThatThrownBy(() -> serializer.fromBinary(heartbeat, EnvelopeSerializerTest.MANIFEST))
            .isInstanceOf(MalformedBytesException.class);
      }
    }
  }

  @Test
  void a_type_given_by_name_is_refused_before_the_class_is_looked_up() {
    String canary = HostileBytesTest.class.getName() + "$Canary";
    refuses(
        frame(
            body -> {
              body.writeVarInt(1, true);
              body.writeVarInt(0, true);
              body.writeString(canary);
            }),
        "given by name");
    refuses(
        frame(
            body -> {
              body.writeVarInt(1, true);
              body.writeVarInt(0, true);
              body.writeString("no.such.Class");
            }),
        "given by name");
    assertThat(CANARY).isFalse();
  }

  @Test
  void a_serialized_java_object_is_refused() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(new ArrayList<>(List.of("a", "b")));
    }

    refuses(bytes.toByteArray(), "must start with");
  }

  @Test
  void a_claimed_size_is_checked_before_anything_is_allocated() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    byte[] valid =
        serializer.toBinary(
            new Envelope(
                EnvelopeSerializerTest.HEADER,
                new PeerMessage.ForwardProposal(
                    1, 1, new io.pekkoraft.message.Bytes(new byte[100]))));
    // The length of the command, one byte before its 100, becomes 2^28 - 1 in four.
    byte[] claims = Arrays.copyOf(valid, valid.length);
    int at = claims.length - 101;
    claims[at] = claims[at + 1] = claims[at + 2] = -1;
    claims[at + 3] = 0x7F;
    seal(claims);
    readOrRefuse(claims);
    long before = threads.getCurrentThreadAllocatedBytes();
    assertThat(readOrRefuse(claims)).isNull();
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(8192);
    refuses(claims, "command claims 268435455 bytes where");
  }

  @Test
  void every_cut_is_refused() {
    RandomMessages messages = new RandomMessages(6);
    for (int type = 0; type < messages.types(); type++) {
      byte[] frame = serializer.toBinary(messages.envelope(type));
      for (int length = 0; length < frame.length; length++) {
        byte[] cut = Arrays.copyOf(frame, length);
        if (length > Frame.PROLOGUE_BYTES) {
          seal(cut);
        }
        assertThat(readOrRefuse(cut)).as("%d of %d bytes", length, frame.length).isNull();
      }
    }
  }

  private void refuses(byte[] frame, String why) {
    assertThatThrownBy(() -> serializer.fromBinary(frame, EnvelopeSerializerTest.MANIFEST))
        .isInstanceOf(MalformedBytesException.class)
        .hasMessageContaining(why);
  }

  private @Nullable Object readOrRefuse(byte[] frame) {
    try {
      return serializer.fromBinary(frame, EnvelopeSerializerTest.MANIFEST);
    } catch (MalformedBytesException e) {
      return null;
    }
  }

  private static Envelope envelope() {
    return new Envelope(EnvelopeSerializerTest.HEADER, new PeerMessage.OtherLife(1));
  }

  private static byte[] frame(Consumer<Output> body) {
    Output output = new Output(64, -1);
    Frame.begin(output, WireCodec.MAGIC, WireCodec.VERSION);
    body.accept(output);
    Frame.seal(output);
    return output.toBytes();
  }

  private static byte[] mutate(List<byte[]> frames, Random random) {
    byte[] frame = frames.get(random.nextInt(frames.size())).clone();
    switch (random.nextInt(4)) {
      case 0 -> {
        for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
          frame[random.nextInt(frame.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return frame;
      }
      case 1 -> {
        return Arrays.copyOf(frame, random.nextInt(frame.length + 20));
      }
      case 2 -> {
        byte[] spliced = frames.get(random.nextInt(frames.size())).clone();
        int cut = random.nextInt(Math.min(frame.length, spliced.length));
        System.arraycopy(frame, 0, spliced, 0, cut);
        return spliced;
      }
      default -> {
        int at = random.nextInt(frame.length);
        Arrays.fill(frame, at, Math.min(frame.length, at + 1 + random.nextInt(8)), (byte) -1);
        return frame;
      }
    }
  }

  /** Makes the checksum fit, so that the checks behind it are reached. */
  private static void seal(byte[] frame) {
    CRC32C crc = new CRC32C();
    crc.update(frame, Frame.PROLOGUE_BYTES, frame.length - Frame.PROLOGUE_BYTES);
    ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN).putInt(2, (int) crc.getValue());
  }
}
