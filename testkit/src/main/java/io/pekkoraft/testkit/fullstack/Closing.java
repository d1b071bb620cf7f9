package io.pekkoraft.testkit.fullstack;

import io.pekkoraft.persistence.file.Storage;
import io.pekkoraft.persistence.file.StorageFile;
import java.io.IOException;
import java.util.List;
import java.util.function.LongSupplier;

/** A directory that is given up when it is closed, and knows how full its disk is. */
record Closing(Storage directory, Runnable giveUp, LongSupplier usable) implements Storage {
  @Override
  public List<String> list() throws IOException {
    return directory.list();
  }

  @Override
  public StorageFile create(String name) throws IOException {
    return directory.create(name);
  }

  @Override
  public StorageFile open(String name) throws IOException {
    return directory.open(name);
  }

  @Override
  public StorageFile openForReading(String name) throws IOException {
    return directory.openForReading(name);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    directory.rename(from, to);
  }

  @Override
  public void delete(String name) throws IOException {
    directory.delete(name);
  }

  @Override
  public void syncDirectory() throws IOException {
    directory.syncDirectory();
  }

  @Override
  public long usableBytes() {
    return usable.getAsLong();
  }

  @Override
  public String describe() {
    return directory.describe();
  }

  @Override
  public void close() {
    giveUp.run();
  }
}
