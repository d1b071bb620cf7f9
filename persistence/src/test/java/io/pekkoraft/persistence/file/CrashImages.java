package io.pekkoraft.persistence.file;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntUnaryOperator;
import java.util.zip.CRC32C;

/**
 * All that a power loss may leave of a directory: at every call that changed it, what was not
 * flushed is lost, kept, torn at every sector, or there in parts. Give it a {@link TracedStorage}
 * on which something has worked, and look at each image:
 *
 * <pre>{@code
 * CrashImages images = CrashImages.of(storage).randomSubsets(8).seed(1);
 * images.forEach(image -> check(image.files(), image.crashPoint()));
 * }</pre>
 *
 * <p>An image that was met before at the same state of knowledge (see {@link #sameFacts}) is left
 * out.
 */
public final class CrashImages {
  /** Up to so many pieces all their subsets are tried. */
  private static final int ALL_SUBSETS_UP_TO = 5;

  private final TracedStorage storage;
  private final Set<List<Long>> seen = new HashSet<>();
  private final Set<Long> distinct = new HashSet<>();
  private final Map<Kind, Integer> counts = new EnumMap<>(Kind.class);
  private IntUnaryOperator facts = crashPoint -> 0;
  private int randomSubsets = 4;
  private long seed;

  /** How what was not flushed has fared. */
  public enum Kind {
    LOST,
    KEPT,
    LENGTHS,
    TORN,
    REORDERED
  }

  /**
   * What was found on the disk.
   *
   * @param crashPoint how many changes had been asked for when the power went
   */
  public record Image(int crashPoint, Kind kind, Map<String, byte[]> files) {}

  /** Looks at an image. */
  @FunctionalInterface
  public interface Visitor {
    void visit(Image image);
  }

  private CrashImages(TracedStorage storage) {
    this.storage = storage;
  }

  /** The images of what has happened on {@code storage} so far. */
  public static CrashImages of(TracedStorage storage) {
    return new CrashImages(storage);
  }

  /** How many subsets of the pieces are drawn where there are too many to try all. */
  public CrashImages randomSubsets(int count) {
    randomSubsets = count;
    return this;
  }

  /** Where the drawing starts. */
  public CrashImages seed(long value) {
    seed = value;
    return this;
  }

  /**
   * What may be expected at a crash point, as a number: the same files are looked at again only if
   * other things are expected of them.
   */
  public CrashImages sameFacts(IntUnaryOperator factsAtCrashPoint) {
    facts = factsAtCrashPoint;
    return this;
  }

  /** Shows all images to {@code visitor}. */
  public void forEach(Visitor visitor) {
    DiskModel disk = storage.disk();
    List<TracedStorage.Step> steps = storage.steps();
    Random random = new Random(seed);
    for (int crashPoint = 0; crashPoint <= steps.size(); crashPoint++) {
      imagesAt(disk, crashPoint, random, visitor);
      if (crashPoint < steps.size()) {
        steps.get(crashPoint).applyTo(disk);
      }
    }
  }

  private void imagesAt(DiskModel disk, int crashPoint, Random random, Visitor visitor) {
    int pieces = disk.pendingPieces();
    show(crashPoint, Kind.LOST, disk.image(new BitSet()), visitor);
    if (pieces == 0) {
      return;
    }
    show(crashPoint, Kind.KEPT, disk.image(first(pieces)), visitor);
    show(crashPoint, Kind.LENGTHS, disk.imageOfLengths(), visitor);
    for (int kept = 1; kept < pieces; kept++) {
      show(crashPoint, Kind.TORN, disk.image(first(kept)), visitor);
    }
    if (pieces <= ALL_SUBSETS_UP_TO) {
      for (long subset = 1; subset < (1L << pieces) - 1; subset++) {
        BitSet kept = BitSet.valueOf(new long[] {subset});
        show(crashPoint, Kind.REORDERED, disk.image(kept), visitor);
      }
      return;
    }
    for (int one = 0; one < pieces; one++) {
      BitSet alone = new BitSet();
      alone.set(one);
      show(crashPoint, Kind.REORDERED, disk.image(alone), visitor);
      BitSet allOthers = first(pieces);
      allOthers.clear(one);
      show(crashPoint, Kind.REORDERED, disk.image(allOthers), visitor);
    }
    for (int i = 0; i < randomSubsets; i++) {
      BitSet some = new BitSet();
      for (int piece = 0; piece < pieces; piece++) {
        some.set(piece, random.nextBoolean());
      }
      show(crashPoint, Kind.REORDERED, disk.image(some), visitor);
    }
  }

  private static BitSet first(int count) {
    BitSet bits = new BitSet();
    bits.set(0, count);
    return bits;
  }

  private void show(int crashPoint, Kind kind, Map<String, byte[]> files, Visitor visitor) {
    long hash = hash(files);
    if (seen.add(List.of(hash, (long) facts.applyAsInt(crashPoint)))) {
      if (distinct.add(hash)) {
        counts.merge(kind, 1, Integer::sum);
      }
      visitor.visit(new Image(crashPoint, kind, files));
    }
  }

  /** Two hashes of 32 bits beside each other, so that no two images are taken for one. */
  private static long hash(Map<String, byte[]> files) {
    int hash = 1;
    CRC32C crc = new CRC32C();
    for (Map.Entry<String, byte[]> file : new TreeMap<>(files).entrySet()) {
      hash = 31 * (31 * hash + file.getKey().hashCode()) + Arrays.hashCode(file.getValue());
      crc.update(file.getKey().getBytes(UTF_8));
      crc.update(file.getValue());
    }
    return (long) hash << 32 | crc.getValue();
  }

  /** Whether two directories hold the same bytes under the same names. */
  public static boolean sameFiles(Map<String, byte[]> some, Map<String, byte[]> others) {
    return some.keySet().equals(others.keySet())
        && some.entrySet().stream()
            .allMatch(file -> Arrays.equals(file.getValue(), others.get(file.getKey())));
  }

  /** How many different images were shown. */
  public int distinct() {
    return distinct.size();
  }

  /** How many different images of each kind were shown. */
  public Map<Kind, Integer> counts() {
    return Map.copyOf(counts);
  }
}
