package io.pekkoraft.persistence.file;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * A directory in memory that remembers what a power loss would leave: the content of each file at
 * its last flush, and the names at the last flush of the directory.
 */
public final class MemoryStorage implements Storage {
  private static final int SECTOR = 512;

  private final Map<String, Content> files = new TreeMap<>();
  private final Map<String, Content> durableNames = new TreeMap<>();
  private final List<String> calls = new ArrayList<>();
  private Runnable beforeFlush = () -> {};
  private int writesUntilFailure = Integer.MAX_VALUE;
  private int flushesUntilFailure = Integer.MAX_VALUE;
  private long space = Long.MAX_VALUE;
  private int readsUntilFailure = Integer.MAX_VALUE;

  private static final class Content {
    private byte[] bytes = {};
    private byte[] durable = {};
  }

  /** A storage with the given files, all durable. */
  public static MemoryStorage of(Map<String, byte[]> files) {
    MemoryStorage storage = new MemoryStorage();
    files.forEach(
        (name, bytes) -> {
          Content content = new Content();
          content.bytes = bytes.clone();
          content.durable = bytes.clone();
          storage.files.put(name, content);
          storage.durableNames.put(name, content);
        });
    return storage;
  }

  public StorageProvider provider() {
    return directory -> this;
  }

  /** What has been called that changes the disk, in order: {@code flush NAME}, {@code rename}… */
  public List<String> calls() {
    return calls;
  }

  /** Called when data was written and is about to be flushed: the moment to lose power. */
  public void beforeFlush(Runnable action) {
    beforeFlush = action;
  }

  /** One write fails, after {@code count} more. */
  public void failWriteAfter(int count) {
    writesUntilFailure = count;
  }

  /** One flush fails, after {@code count} more; those behind it succeed again. */
  public void failFlushAfter(int count) {
    flushesUntilFailure = count;
  }

  /** From here on, only {@code bytes} more can be added to files. */
  public void limitSpace(long bytes) {
    space = bytes;
  }

  @Override
  public long usableBytes() {
    return space;
  }

  /** One read fails, after {@code count} more. */
  public void failReadAfter(int count) {
    readsUntilFailure = count;
  }

  /** The files as they are, flushed or not: what a killed process leaves. */
  public Map<String, byte[]> content() {
    Map<String, byte[]> copy = new LinkedHashMap<>();
    files.forEach((name, content) -> copy.put(name, content.bytes.clone()));
    return copy;
  }

  /** What a power loss leaves for sure. */
  public Map<String, byte[]> durable() {
    Map<String, byte[]> copy = new LinkedHashMap<>();
    durableNames.forEach((name, content) -> copy.put(name, content.durable.clone()));
    return copy;
  }

  /** What a power loss may leave: of what was not flushed, any sectors. */
  public Map<String, byte[]> tornBy(RandomGenerator random) {
    Map<String, byte[]> copy = new LinkedHashMap<>();
    durableNames.forEach((name, content) -> copy.put(name, torn(content, random)));
    return copy;
  }

  private static byte[] torn(Content content, RandomGenerator random) {
    byte[] bytes = Arrays.copyOf(content.durable, content.bytes.length);
    for (int at = 0; at < bytes.length; at += SECTOR) {
      if (random.nextBoolean()) {
        int length = Math.min(SECTOR, bytes.length - at);
        System.arraycopy(content.bytes, at, bytes, at, length);
      }
    }
    return bytes;
  }

  @Override
  public synchronized List<String> list() {
    return List.copyOf(files.keySet());
  }

  @Override
  public synchronized StorageFile create(String name) throws IOException {
    if (files.containsKey(name)) {
      throw new FileAlreadyExistsException(name);
    }
    Content content = new Content();
    files.put(name, content);
    return new Opened(name, content);
  }

  @Override
  public synchronized StorageFile open(String name) throws IOException {
    Content content = files.get(name);
    if (content == null) {
      throw new NoSuchFileException(name);
    }
    return new Opened(name, content);
  }

  @Override
  public StorageFile openForReading(String name) throws IOException {
    return open(name);
  }

  @Override
  public synchronized void rename(String from, String to) throws IOException {
    Content content = files.remove(from);
    if (content == null) {
      throw new NoSuchFileException(from);
    }
    files.put(to, content);
    calls.add("rename " + to);
  }

  @Override
  public synchronized void delete(String name) {
    if (files.remove(name) != null) {
      calls.add("delete " + name);
    }
  }

  @Override
  public synchronized void syncDirectory() {
    durableNames.clear();
    durableNames.putAll(files);
    calls.add("sync");
  }

  @Override
  public String describe() {
    return "memory";
  }

  @Override
  public void close() {}

  private final class Opened implements StorageFile {
    private final String name;
    private final Content content;

    Opened(String name, Content content) {
      this.name = name;
      this.content = content;
    }

    @Override
    public long size() {
      return content.bytes.length;
    }

    @Override
    public int read(long position, byte[] target, int offset, int length) throws IOException {
      if (readsUntilFailure-- == 0) {
        throw new IOException("injected: read failed");
      }
      int count = (int) Math.max(0, Math.min(length, content.bytes.length - position));
      if (count > 0) {
        System.arraycopy(content.bytes, (int) position, target, offset, count);
      }
      return count;
    }

    @Override
    public void write(long position, byte[] source, int offset, int length) throws IOException {
      if (writesUntilFailure-- == 0) {
        throw new IOException("injected: no space left on device");
      }
      int end = (int) position + length;
      if (end > content.bytes.length) {
        if (end - content.bytes.length > space) {
          throw new IOException("No space left on device");
        }
        space -= space == Long.MAX_VALUE ? 0 : end - content.bytes.length;
        content.bytes = Arrays.copyOf(content.bytes, end);
      }
      System.arraycopy(source, offset, content.bytes, (int) position, length);
    }

    @Override
    public void flush() throws IOException {
      beforeFlush.run();
      if (flushesUntilFailure-- == 0) {
        throw new IOException("injected: flush failed");
      }
      content.durable = content.bytes.clone();
      calls.add("flush " + name);
    }

    @Override
    public void close() {}
  }
}
