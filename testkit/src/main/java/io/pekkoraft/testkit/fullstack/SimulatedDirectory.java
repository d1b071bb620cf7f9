package io.pekkoraft.testkit.fullstack;

import io.pekkoraft.persistence.file.DiskModel;
import io.pekkoraft.persistence.file.Storage;
import io.pekkoraft.persistence.file.StorageFile;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A directory as the operating system shows it, and beside it what the disk holds for sure. They
 * differ by what was not flushed.
 */
final class SimulatedDirectory {
  /** Kinds of calls that change something. */
  enum Call {
    CREATE,
    WRITE,
    FLUSH,
    RENAME,
    DELETE,
    SYNC_DIRECTORY
  }

  /** Sees every call that changes something; what it throws, the caller gets. */
  @FunctionalInterface
  interface Guard {
    /** Does what is asked for. */
    Guard NONE = (call, file, change) -> change.happen();

    /**
     * @param change carries the call out, unless the guard does otherwise
     */
    void call(Call call, String file, Change change) throws IOException;

    default long usableBytes() {
      return Long.MAX_VALUE;
    }

    /** The directory is given up. */
    default void closed() {}
  }

  /** What a call does. */
  interface Change {
    void happen() throws IOException;

    /** A flush that fails: what was to be flushed never will be. */
    default void fail() {}

    /** By how many bytes the files grow. */
    default long growth() {
      return 0;
    }
  }

  private static final class Content {
    private final int id;
    private byte[] bytes;

    Content(int id, byte[] bytes) {
      this.id = id;
      this.bytes = bytes;
    }
  }

  private final Map<String, Content> files = new TreeMap<>();
  private DiskModel disk = DiskModel.of(Map.of());
  private int nextId;

  /** A directory with files that are all durable. */
  static SimulatedDirectory of(Map<String, byte[]> durable) {
    SimulatedDirectory directory = new SimulatedDirectory();
    directory.become(durable);
    return directory;
  }

  private void become(Map<String, byte[]> durable) {
    files.clear();
    nextId = 0;
    disk = DiskModel.of(durable);
    new TreeMap<>(durable)
        .forEach((name, bytes) -> files.put(name, new Content(nextId++, bytes.clone())));
  }

  /** What a power loss at this moment leaves for sure. */
  Map<String, byte[]> durable() {
    return disk.image(new BitSet());
  }

  /** What the operating system shows. */
  Map<String, byte[]> present() {
    Map<String, byte[]> present = new LinkedHashMap<>();
    files.forEach((name, content) -> present.put(name, content.bytes.clone()));
    return present;
  }

  /**
   * The power goes.
   *
   * @param loses whether anything that was not flushed may be lost
   * @return how many of the pieces that were not flushed are lost, and how many are there
   */
  int[] losePower(SplittableRandom random, boolean loses) {
    int pieces = disk.pendingPieces();
    BitSet kept = new BitSet(pieces);
    int kind = loses ? random.nextInt(4) : 1;
    int torn = pieces == 0 ? 0 : random.nextInt(pieces + 1);
    for (int i = 0; i < pieces; i++) {
      boolean there =
          switch (kind) {
            case 0 -> false;
            case 1 -> true;
            case 2 -> i < torn;
            default -> random.nextBoolean();
          };
      kept.set(i, there);
    }
    become(disk.image(kept));
    return new int[] {pieces - kept.cardinality(), kept.cardinality()};
  }

  /** All that was written is on the disk; nobody may have the directory open. */
  void settle() {
    BitSet all = new BitSet();
    all.set(0, disk.pendingPieces());
    become(disk.image(all));
  }

  /** Bytes of a file are others from now on; nobody may have the directory open. */
  void spoil(String name, Consumer<byte[]> change) {
    Map<String, byte[]> spoiled = durable();
    change.accept(Objects.requireNonNull(spoiled.get(name)));
    become(spoiled);
  }

  /** Nothing is there any more; nobody may have the directory open. */
  void wipe() {
    become(Map.of());
  }

  /** The directory, held by somebody. */
  Storage opened(String path, Guard guard) {
    return new Handle(path, guard);
  }

  private final class Handle implements Storage {
    private final String path;
    private final Guard guard;

    Handle(String path, Guard guard) {
      this.path = path;
      this.guard = guard;
    }

    @Override
    public List<String> list() {
      return List.copyOf(files.keySet());
    }

    private Content existing(String name) throws IOException {
      Content content = files.get(name);
      if (content == null) {
        throw new NoSuchFileException(path + "/" + name);
      }
      return content;
    }

    @Override
    public StorageFile create(String name) throws IOException {
      if (files.containsKey(name)) {
        throw new FileAlreadyExistsException(path + "/" + name);
      }
      guard.call(
          Call.CREATE,
          name,
          () -> {
            Content content = new Content(nextId++, new byte[0]);
            files.put(name, content);
            disk.create(content.id, name);
          });
      return new OpenFile(name, existing(name), guard);
    }

    @Override
    public StorageFile open(String name) throws IOException {
      return new OpenFile(name, existing(name), guard);
    }

    @Override
    public StorageFile openForReading(String name) throws IOException {
      return open(name);
    }

    @Override
    public void rename(String from, String to) throws IOException {
      Content content = existing(from);
      guard.call(
          Call.RENAME,
          to,
          () -> {
            files.remove(from);
            files.put(to, content);
            disk.rename(content.id, from, to);
          });
    }

    @Override
    public void delete(String name) throws IOException {
      if (files.containsKey(name)) {
        guard.call(
            Call.DELETE,
            name,
            () -> {
              files.remove(name);
              disk.delete(name);
            });
      }
    }

    @Override
    public void syncDirectory() throws IOException {
      guard.call(Call.SYNC_DIRECTORY, "", () -> disk.syncDirectory());
    }

    @Override
    public long usableBytes() {
      return guard.usableBytes();
    }

    @Override
    public String describe() {
      return path;
    }

    @Override
    public void close() {
      guard.closed();
    }
  }

  private final class OpenFile implements StorageFile {
    private final String name;
    private final Content content;
    private final Guard guard;

    OpenFile(String name, Content content, Guard guard) {
      this.name = name;
      this.content = content;
      this.guard = guard;
    }

    @Override
    public long size() {
      return content.bytes.length;
    }

    @Override
    public int read(long position, byte[] target, int offset, int length) {
      int count = (int) Math.max(0, Math.min(length, content.bytes.length - position));
      if (count > 0) {
        System.arraycopy(content.bytes, (int) position, target, offset, count);
      }
      return count;
    }

    @Override
    public void write(long position, byte[] source, int offset, int length) throws IOException {
      int at = Math.toIntExact(position);
      guard.call(
          Call.WRITE,
          name,
          new Change() {
            @Override
            public void happen() {
              if (at + length > content.bytes.length) {
                content.bytes = Arrays.copyOf(content.bytes, at + length);
              }
              System.arraycopy(source, offset, content.bytes, at, length);
              disk.write(content.id, at, Arrays.copyOfRange(source, offset, offset + length));
            }

            @Override
            public long growth() {
              return Math.max(0, at + length - content.bytes.length);
            }
          });
    }

    @Override
    public void flush() throws IOException {
      guard.call(
          Call.FLUSH,
          name,
          new Change() {
            @Override
            public void happen() {
              disk.flush(content.id);
            }

            @Override
            public void fail() {
              disk.forget(content.id);
            }
          });
    }

    @Override
    public void close() {}
  }
}
