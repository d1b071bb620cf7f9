package io.pekkoraft.persistence.file;

import java.io.IOException;
import java.util.List;

/**
 * One directory of files, held by one owner. Names are plain file names without a separator.
 *
 * <p>Methods may be called from several threads. After {@link #create}, {@link #rename} and {@link
 * #delete} the change of the directory is durable only when {@link #syncDirectory} has returned.
 */
public interface Storage extends AutoCloseable {

  /** The names of all regular files, sorted. */
  List<String> list() throws IOException;

  /** Creates an empty file for reading and writing. Fails if the name is taken. */
  StorageFile create(String name) throws IOException;

  /** Opens an existing file for reading and writing. */
  StorageFile open(String name) throws IOException;

  /** Opens an existing file for reading. */
  StorageFile openForReading(String name) throws IOException;

  /** Gives a file another name in one step, replacing a file that has that name. */
  void rename(String from, String to) throws IOException;

  /** Deletes a file; no error if there is none. */
  void delete(String name) throws IOException;

  /** When this returns, all creations, renames and deletions before it are durable. */
  void syncDirectory() throws IOException;

  /** How many bytes may still be added to the directory, as far as is known. */
  default long usableBytes() throws IOException {
    return Long.MAX_VALUE;
  }

  /** What to call this directory in messages, usually its path. */
  String describe();

  /** Gives the directory up, so that another owner may open it. */
  @Override
  void close() throws IOException;
}
