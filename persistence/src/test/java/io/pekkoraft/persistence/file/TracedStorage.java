package io.pekkoraft.persistence.file;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A directory in memory that remembers every call that changes it, in order, so that {@link
 * CrashImages} can tell what a power loss between any two of them may leave. Calls can be made to
 * fail, or to do nothing and say they did.
 */
public final class TracedStorage implements Storage {

  /** A kind of call. */
  public enum Call {
    LIST,
    CREATE,
    OPEN,
    READ,
    WRITE,
    FLUSH,
    RENAME,
    DELETE,
    SYNC_DIRECTORY
  }

  /** What becomes of a call. */
  public enum Fate {
    /** It is carried out. */
    DONE,
    /** It is not carried out, and returns as if it were. */
    CLAIMED,
    /**
     * It throws. A failed write has written half of its sectors; what a failed flush was asked for
     * will never be flushed, as Linux then takes the pages for clean.
     */
    FAILED
  }

  /** Decides what becomes of calls. */
  @FunctionalInterface
  public interface Faults {
    /** All goes well. */
    Faults NONE = (call, number) -> Fate.DONE;

    /**
     * Asked before each call.
     *
     * @param number how many calls were made before this one, of whatever kind
     */
    Fate fate(Call call, int number);
  }

  /** One change of the disk. */
  interface Step {
    void applyTo(DiskModel disk);
  }

  private static final class Content {
    private final int id;
    private byte[] bytes;

    Content(int id, byte[] bytes) {
      this.id = id;
      this.bytes = bytes;
    }
  }

  private final Map<String, byte[]> before;
  private final Map<String, Content> files = new TreeMap<>();
  private final List<Step> steps = new ArrayList<>();
  private Faults faults;
  private int nextId;
  private int calls;

  private TracedStorage(Map<String, byte[]> before, Faults faults) {
    this.before = new TreeMap<>(before);
    this.faults = faults;
    this.before.forEach((name, bytes) -> files.put(name, new Content(nextId++, bytes.clone())));
  }

  /** An empty directory. */
  public static TracedStorage empty() {
    return of(Map.of());
  }

  /** A directory with files, all of them durable. */
  public static TracedStorage of(Map<String, byte[]> files) {
    return new TracedStorage(files, Faults.NONE);
  }

  /** From now on calls go as {@code newFaults} decides. */
  public TracedStorage with(Faults newFaults) {
    faults = newFaults;
    return this;
  }

  /** Opens this directory, whatever its path. */
  public StorageProvider provider() {
    return directory -> this;
  }

  /** How many changes there were: the crash points are 0 (before the first) to this. */
  public synchronized int position() {
    return steps.size();
  }

  /** How many calls were made, those that change nothing included. */
  public synchronized int calls() {
    return calls;
  }

  /** The files as they are: what a killed process leaves. */
  public synchronized Map<String, byte[]> content() {
    Map<String, byte[]> copy = new LinkedHashMap<>();
    files.forEach((name, content) -> copy.put(name, content.bytes.clone()));
    return copy;
  }

  /** What a power loss now leaves for sure. */
  public Map<String, byte[]> durable() {
    DiskModel disk = disk();
    steps().forEach(step -> step.applyTo(disk));
    return disk.image(new BitSet());
  }

  DiskModel disk() {
    return DiskModel.of(before);
  }

  synchronized List<Step> steps() {
    return List.copyOf(steps);
  }

  /** Counts a call and returns whether it is carried out. */
  private boolean carriesOut(Call call) throws IOException {
    Fate fate = faults.fate(call, calls++);
    if (fate == Fate.FAILED) {
      throw new IOException("injected: " + call + " failed");
    }
    return fate == Fate.DONE;
  }

  @Override
  public synchronized List<String> list() throws IOException {
    carriesOut(Call.LIST);
    return List.copyOf(files.keySet());
  }

  @Override
  public synchronized StorageFile create(String name) throws IOException {
    boolean carriedOut = carriesOut(Call.CREATE);
    if (files.containsKey(name)) {
      throw new FileAlreadyExistsException(name);
    }
    Content content = new Content(nextId++, new byte[0]);
    files.put(name, content);
    if (carriedOut) {
      steps.add(disk -> disk.create(content.id, name));
    }
    return new Opened(content);
  }

  @Override
  public synchronized StorageFile open(String name) throws IOException {
    carriesOut(Call.OPEN);
    return new Opened(existing(name));
  }

  @Override
  public StorageFile openForReading(String name) throws IOException {
    return open(name);
  }

  private Content existing(String name) throws NoSuchFileException {
    @Nullable Content content = files.get(name);
    if (content == null) {
      throw new NoSuchFileException(name);
    }
    return content;
  }

  @Override
  public synchronized void rename(String from, String to) throws IOException {
    boolean carriedOut = carriesOut(Call.RENAME);
    Content content = existing(from);
    files.remove(from);
    files.put(to, content);
    if (carriedOut) {
      steps.add(disk -> disk.rename(content.id, from, to));
    }
  }

  @Override
  public synchronized void delete(String name) throws IOException {
    boolean carriedOut = carriesOut(Call.DELETE);
    if (files.remove(name) != null && carriedOut) {
      steps.add(disk -> disk.delete(name));
    }
  }

  @Override
  public synchronized void syncDirectory() throws IOException {
    if (carriesOut(Call.SYNC_DIRECTORY)) {
      steps.add(DiskModel::syncDirectory);
    }
  }

  @Override
  public String describe() {
    return "memory";
  }

  @Override
  public void close() {}

  private final class Opened implements StorageFile {
    private final Content content;

    Opened(Content content) {
      this.content = Objects.requireNonNull(content);
    }

    @Override
    public long size() {
      synchronized (TracedStorage.this) {
        return content.bytes.length;
      }
    }

    @Override
    public int read(long position, byte[] target, int offset, int length) throws IOException {
      synchronized (TracedStorage.this) {
        carriesOut(Call.READ);
        int count = (int) Math.max(0, Math.min(length, content.bytes.length - position));
        if (count > 0) {
          System.arraycopy(content.bytes, (int) position, target, offset, count);
        }
        return count;
      }
    }

    @Override
    public void write(long position, byte[] source, int offset, int length) throws IOException {
      synchronized (TracedStorage.this) {
        boolean carriedOut;
        try {
          carriedOut = carriesOut(Call.WRITE);
        } catch (IOException failed) {
          int half = length / 2 / DiskModel.SECTOR * DiskModel.SECTOR;
          write((int) position, Arrays.copyOfRange(source, offset, offset + half), true);
          throw failed;
        }
        write((int) position, Arrays.copyOfRange(source, offset, offset + length), carriedOut);
      }
    }

    private void write(int at, byte[] bytes, boolean carriedOut) {
      if (at + bytes.length > content.bytes.length) {
        content.bytes = Arrays.copyOf(content.bytes, at + bytes.length);
      }
      System.arraycopy(bytes, 0, content.bytes, at, bytes.length);
      if (carriedOut) {
        steps.add(disk -> disk.write(content.id, at, bytes));
      }
    }

    @Override
    public void flush() throws IOException {
      synchronized (TracedStorage.this) {
        try {
          if (carriesOut(Call.FLUSH)) {
            steps.add(disk -> disk.flush(content.id));
          }
        } catch (IOException failed) {
          steps.add(disk -> disk.forget(content.id));
          throw failed;
        }
      }
    }

    @Override
    public void close() {}
  }
}
