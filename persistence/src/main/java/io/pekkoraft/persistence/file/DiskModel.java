package io.pekkoraft.persistence.file;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What a disk holds for sure, and what it may or may not hold after a power loss. It promises no
 * more than POSIX does: of all that was not flushed any part may be there, in units of a sector and
 * of a directory entry, in any order. For tests of what stores data; production code has no use for
 * it. Files are named by numbers of the caller's choice. Not safe for use by several threads.
 */
public final class DiskModel {
  /** What a disk writes whole or not at all. */
  public static final int SECTOR = 512;

  private final Map<Integer, File> files = new HashMap<>();
  private final Map<String, File> names = new TreeMap<>();
  private final List<Piece> pending = new ArrayList<>();

  /** A file, whatever it is called. */
  private static final class File {
    private byte[] durable;

    File(byte[] durable) {
      this.durable = durable;
    }

    void write(SectorWrite write) {
      int end = write.position() + write.bytes().length;
      if (end > durable.length) {
        durable = Arrays.copyOf(durable, end);
      }
      System.arraycopy(write.bytes(), 0, durable, write.position(), write.bytes().length);
    }
  }

  /** One thing that is on the disk or not. */
  private interface Piece {
    void applyTo(Image image);
  }

  @SuppressWarnings("ArrayRecordComponent") // carried, never compared
  private record SectorWrite(File file, int position, byte[] bytes) implements Piece {
    @Override
    public void applyTo(Image image) {
      byte[] target = image.extended(file, position + bytes.length);
      System.arraycopy(bytes, 0, target, position, bytes.length);
    }
  }

  private record Entry(String name, File file) implements Piece {
    @Override
    public void applyTo(Image image) {
      image.names.put(name, file);
    }
  }

  private record NoEntry(String name) implements Piece {
    @Override
    public void applyTo(Image image) {
      image.names.remove(name);
    }
  }

  private record Renamed(String from, String to, File file) implements Piece {
    @Override
    public void applyTo(Image image) {
      image.names.remove(from);
      image.names.put(to, file);
    }
  }

  /** One possible outcome that is being put together. */
  private static final class Image {
    private final Map<String, File> names;
    private final Map<File, byte[]> contents = new HashMap<>();

    Image(Map<String, File> names) {
      this.names = new TreeMap<>(names);
    }

    byte[] extended(File file, int length) {
      byte[] bytes = contents.getOrDefault(file, file.durable);
      boolean own = contents.containsKey(file);
      if (bytes.length < length || !own) {
        bytes = Arrays.copyOf(bytes, Math.max(bytes.length, length));
        contents.put(file, bytes);
      }
      return bytes;
    }

    Map<String, byte[]> files() {
      Map<String, byte[]> files = new LinkedHashMap<>();
      names.forEach(
          (name, file) -> {
            byte[] own = contents.get(file);
            files.put(name, own == null ? file.durable.clone() : own);
          });
      return files;
    }
  }

  /** A disk with files that are durable; their ids count from 0 in the order of the names. */
  public static DiskModel of(Map<String, byte[]> files) {
    DiskModel disk = new DiskModel();
    new TreeMap<>(files)
        .forEach(
            (name, bytes) -> {
              File file = new File(bytes.clone());
              disk.files.put(disk.files.size(), file);
              disk.names.put(name, file);
            });
    return disk;
  }

  private File file(int id) {
    return Objects.requireNonNull(files.get(id));
  }

  public void create(int id, String name) {
    File file = new File(new byte[0]);
    files.put(id, file);
    pending.add(new Entry(name, file));
  }

  public void write(int id, int position, byte[] bytes) {
    for (int from = 0; from < bytes.length; ) {
      // Cut where sectors end on the disk, not where the write begins.
      int to = Math.min(bytes.length, from + SECTOR - (position + from) % SECTOR);
      byte[] piece = Arrays.copyOfRange(bytes, from, to);
      pending.add(new SectorWrite(file(id), position + from, piece));
      from = to;
    }
  }

  public void flush(int id) {
    File file = file(id);
    pending.removeIf(
        piece -> {
          boolean flushed = piece instanceof SectorWrite write && write.file() == file;
          if (flushed) {
            file.write((SectorWrite) piece);
          }
          return flushed;
        });
  }

  /** What was written and not flushed will not be flushed any more. */
  public void forget(int id) {
    File file = file(id);
    pending.removeIf(piece -> piece instanceof SectorWrite write && write.file() == file);
  }

  public void rename(int id, String from, String to) {
    pending.add(new Renamed(from, to, file(id)));
  }

  public void delete(String name) {
    pending.add(new NoEntry(name));
  }

  public void syncDirectory() {
    Image image = new Image(names);
    pending.removeIf(
        piece -> {
          boolean entry = !(piece instanceof SectorWrite);
          if (entry) {
            piece.applyTo(image);
          }
          return entry;
        });
    names.clear();
    names.putAll(image.names);
  }

  /** How many pieces may be there or not. */
  public int pendingPieces() {
    return pending.size();
  }

  /** The files if of the pending pieces those in {@code kept} reached the disk. */
  public Map<String, byte[]> image(BitSet kept) {
    Image image = new Image(names);
    kept.stream().forEach(i -> pending.get(i).applyTo(image));
    return image.files();
  }

  /** The files if all entries and lengths reached the disk and no content. */
  public Map<String, byte[]> imageOfLengths() {
    Image image = new Image(names);
    for (Piece piece : pending) {
      if (piece instanceof SectorWrite write) {
        image.extended(write.file(), write.position() + write.bytes().length);
      } else {
        piece.applyTo(image);
      }
    }
    return image.files();
  }
}
