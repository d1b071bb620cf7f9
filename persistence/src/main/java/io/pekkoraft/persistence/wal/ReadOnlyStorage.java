package io.pekkoraft.persistence.wal;

import io.pekkoraft.persistence.file.Storage;
import io.pekkoraft.persistence.file.StorageFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lets recovery run without changing anything: what it would do to the directory is only noted. Not
 * safe for use by several threads.
 */
final class ReadOnlyStorage implements Storage {
  private final Storage storage;
  private final List<String> deletions = new ArrayList<>();
  private @Nullable TornTail tornTail;

  ReadOnlyStorage(Storage storage) {
    this.storage = storage;
  }

  /** The files that opening the log would delete. */
  List<String> deletions() {
    return deletions;
  }

  /** What opening the log would wipe, or null. */
  @Nullable TornTail tornTail() {
    return tornTail;
  }

  @Override
  public List<String> list() throws IOException {
    return storage.list();
  }

  @Override
  public StorageFile create(String name) throws IOException {
    throw new IOException("[" + name + "] is not created: the directory is only looked at");
  }

  @Override
  public StorageFile open(String name) throws IOException {
    return new Noted(name, storage.openForReading(name));
  }

  @Override
  public StorageFile openForReading(String name) throws IOException {
    return storage.openForReading(name);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    throw new IOException("[" + from + "] is not renamed: the directory is only looked at");
  }

  @Override
  public void delete(String name) {
    deletions.add(name);
  }

  @Override
  public void syncDirectory() {}

  @Override
  public String describe() {
    return storage.describe();
  }

  @Override
  public void close() {}

  private final class Noted implements StorageFile {
    private final String name;
    private final StorageFile file;

    Noted(String name, StorageFile file) {
      this.name = name;
      this.file = file;
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public int read(long position, byte[] target, int offset, int length) throws IOException {
      return file.read(position, target, offset, length);
    }

    @Override
    public void write(long position, byte[] source, int offset, int length) {
      TornTail before = tornTail;
      tornTail =
          before == null
              ? new TornTail(name, position, length)
              : new TornTail(name, before.offset(), position + length - before.offset());
    }

    @Override
    public void flush() {}

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
