package io.pekkoraft.persistence.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a directory to one owner: a file lock against other processes, and a set of names against
 * this one, since file locks belong to the process and do not tell two owners inside it apart.
 *
 * <p>No call ever blocks on the lock's channel after it was taken, so that an interrupt cannot
 * close the channel and give the lock away.
 */
final class DirectoryLock {
  static final String FILE_NAME = "lock";

  private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

  private final Path directory;
  private final FileChannel channel;
  private final AtomicBoolean released = new AtomicBoolean();

  private DirectoryLock(Path directory, FileChannel channel) {
    this.directory = directory;
    this.channel = channel;
  }

  /** Keeps all others out. */
  static DirectoryLock acquire(Path directory) throws IOException {
    return acquire(directory, false);
  }

  /**
   * Keeps out whoever would write, for somebody who only reads: takes no more than permission to
   * read the lock file, which has to be there.
   */
  static DirectoryLock acquireShared(Path directory) throws IOException {
    return acquire(directory, true);
  }

  private static DirectoryLock acquire(Path directory, boolean shared) throws IOException {
    // Asked first: opening and closing the lock file once more would drop the process's lock on it.
    if (!HELD_HERE.add(directory)) {
      throw new DirectoryInUseException(directory.toString(), "another store of this process");
    }
    boolean interrupted = Thread.interrupted();
    boolean acquired = false;
    try {
      DirectoryLock lock = new DirectoryLock(directory, lockFile(directory, shared));
      acquired = true;
      return lock;
    } finally {
      if (!acquired) {
        HELD_HERE.remove(directory);
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static FileChannel lockFile(Path directory, boolean shared) throws IOException {
    Path file = directory.resolve(FILE_NAME);
    if (!shared && !Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      DirectoryStorage.createOwnerOnly(file);
    }
    StandardOpenOption access = shared ? StandardOpenOption.READ : StandardOpenOption.WRITE;
    FileChannel channel = FileChannel.open(file, access, LinkOption.NOFOLLOW_LINKS);
    @Nullable FileLock lock;
    try {
      lock = channel.tryLock(0, Long.MAX_VALUE, shared);
    } catch (OverlappingFileLockException heldByAnotherClassLoader) {
      // Closing this channel would release the other's lock as well: the descriptor is left open.
      throw new DirectoryInUseException(directory.toString(), "another store of this process");
    }
    if (lock == null) {
      channel.close();
      throw new DirectoryInUseException(directory.toString(), "another process");
    }
    return channel;
  }

  void release() throws IOException {
    if (released.compareAndSet(false, true)) {
      try {
        channel.close();
      } finally {
        HELD_HERE.remove(directory);
      }
    }
  }
}
