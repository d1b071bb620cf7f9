package io.pekkoraft.persistence.file;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A directory of the local file system, locked for as long as it is open. It is created with mode
 * 0700, its files with 0600, since they hold an application's data.
 */
public final class DirectoryStorage implements Storage {
  private static final FileAttribute<?> OWNER_ONLY_DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final FileAttribute<?> OWNER_ONLY_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final Path directory;
  private final @Nullable DirectoryLock lock;

  private DirectoryStorage(Path directory, @Nullable DirectoryLock lock) {
    this.directory = directory;
    this.lock = lock;
  }

  /** Opens and locks {@code directory}, creating it and its parents if needed. */
  public static DirectoryStorage open(Path directory) throws IOException {
    Path absolute = directory.toAbsolutePath().normalize();
    createDirectory(absolute);
    // The name under which the lock is kept must be the same whichever way the path is spelled.
    Path real = absolute.toRealPath();
    return new DirectoryStorage(real, DirectoryLock.acquire(real));
  }

  /**
   * Opens a directory that exists, to look at it: nothing is created in it, so there is a lock only
   * if somebody has locked it before. A copy on a read-only medium will do.
   *
   * @throws DirectoryInUseException if somebody has it open who may write
   * @throws LinkRefusedException if it is a symbolic link
   */
  public static DirectoryStorage openExisting(Path directory) throws IOException {
    Path real = realPath(directory);
    return new DirectoryStorage(real, isLocked(real) ? DirectoryLock.acquireShared(real) : null);
  }

  /**
   * Opens a directory that exists, to change files in it. Is locked if somebody has locked it
   * before.
   *
   * @throws DirectoryInUseException if somebody has it open, be it only to look
   * @throws LinkRefusedException if it is a symbolic link
   */
  public static DirectoryStorage openExistingForRepair(Path directory) throws IOException {
    Path real = realPath(directory);
    return new DirectoryStorage(real, isLocked(real) ? DirectoryLock.acquire(real) : null);
  }

  private static Path realPath(Path directory) throws IOException {
    Path absolute = directory.toAbsolutePath().normalize();
    LinkRefusedException.require(absolute);
    return absolute.toRealPath();
  }

  private static boolean isLocked(Path directory) {
    return Files.exists(directory.resolve(DirectoryLock.FILE_NAME), LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * Creates a directory for its owner alone, and those of its parents that are missing. When this
   * returns, all of them are durable.
   *
   * @throws LinkRefusedException if it is a symbolic link; its parents may be
   */
  public static void createDirectory(Path directory) throws IOException {
    createDirectory(directory, DirectoryStorage::sync);
  }

  /** Makes the entries of a directory durable. */
  interface Flush {
    void flush(Path directory) throws IOException;
  }

  static void createDirectory(Path directory, Flush flush) throws IOException {
    LinkRefusedException.require(directory);
    if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
      if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
        throw new FileSystemException(directory.toString(), null, "is a file, not a directory");
      }
      flushParent(directory, flush);
      return;
    }
    Path parent = directory.getParent();
    boolean given = parent != null && Files.isSymbolicLink(parent) && Files.isDirectory(parent);
    if (parent != null && !given) {
      createDirectory(parent, flush);
    }
    try {
      Files.createDirectory(directory, OWNER_ONLY_DIRECTORY);
    } catch (FileAlreadyExistsException createdMeanwhile) {
      createDirectory(directory, flush);
      return;
    }
    if (parent != null) {
      flush.flush(parent);
    }
  }

  /** Whoever created the directory may have been killed before that was durable. */
  private static void flushParent(Path directory, Flush flush) throws IOException {
    Path parent = directory.getParent();
    try {
      if (parent != null) {
        flush.flush(parent);
      }
    } catch (AccessDeniedException notOurs) {
      // Who may not read it has hardly created anything in it.
    }
  }

  static void createOwnerOnly(Path file) throws IOException {
    Files.createFile(file, OWNER_ONLY_FILE);
  }

  /**
   * {@inheritDoc}
   *
   * @throws LinkRefusedException if a symbolic link stands there: the file behind it would be taken
   *     for missing
   */
  @Override
  public List<String> list() throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(directory)) {
      files = all.sorted().toList();
    }
    for (Path file : files) {
      LinkRefusedException.require(file);
    }
    return files.stream()
        .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
        .map(file -> file.getFileName().toString())
        .filter(name -> !name.equals(DirectoryLock.FILE_NAME))
        .toList();
  }

  @Override
  public StorageFile create(String name) throws IOException {
    Path file = resolve(name);
    createOwnerOnly(file);
    return new LocalFile(file, true);
  }

  @Override
  public StorageFile open(String name) throws IOException {
    return new LocalFile(existing(name), true);
  }

  @Override
  public StorageFile openForReading(String name) throws IOException {
    return new LocalFile(existing(name), false);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    Files.move(resolve(from), resolve(to), StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void delete(String name) throws IOException {
    Files.deleteIfExists(resolve(name));
  }

  @Override
  public void syncDirectory() throws IOException {
    sync(directory);
  }

  /**
   * Flushes a directory, so that its entries are durable. An interrupt closes the channel that it
   * hits and hides whether the flush had failed; a descriptor opened before then still reports that
   * failure, so there is a second.
   */
  public static void sync(Path directory) throws IOException {
    boolean interrupted = Thread.interrupted();
    try (FileChannel first = FileChannel.open(directory, StandardOpenOption.READ);
        FileChannel second = FileChannel.open(directory, StandardOpenOption.READ)) {
      try {
        first.force(true);
      } catch (ClosedByInterruptException closed) {
        interrupted |= Thread.interrupted();
        second.force(true);
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private Path existing(String name) throws IOException {
    Path file = resolve(name);
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new NoSuchFileException(file.toString());
    }
    return file;
  }

  private Path resolve(String name) {
    boolean elsewhere = name.isEmpty() || name.equals(".") || name.equals("..");
    if (elsewhere || name.indexOf('/') >= 0 || name.equals(DirectoryLock.FILE_NAME)) {
      throw new IllegalArgumentException("[" + name + "] is not the name of a file of this store");
    }
    return directory.resolve(name);
  }

  @Override
  public long usableBytes() throws IOException {
    return Files.getFileStore(directory).getUsableSpace();
  }

  @Override
  public String describe() {
    return directory.toString();
  }

  @Override
  public void close() throws IOException {
    if (lock != null) {
      lock.release();
    }
  }
}
