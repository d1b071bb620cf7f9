package io.pekkoraft.testkit;

import io.pekkoraft.log.ChainHash;
import io.pekkoraft.log.HardState;
import io.pekkoraft.log.JournalEvent.Founded;
import io.pekkoraft.log.JournalEvent.LogBatch;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.log.SnapshotDescriptor;
import io.pekkoraft.persistence.RecoveredLog;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a member has on disk: exactly what a crash now would leave. Beside the batches themselves it
 * keeps their fold, made in another way than the node makes it at recovery, so that the two check
 * each other.
 */
final class SimulatedDisk {
  private final Founded founded;
  private final Map<String, byte[]> files = new HashMap<>();
  private final List<LogBatch> batches = new ArrayList<>();
  private @Nullable SnapshotDescriptor descriptor;
  private boolean fresh = true;

  // the fold of all batches ever made durable
  private HardState hardState = HardState.INITIAL;
  private long[] hashes = new long[64];
  private long lastIndex;
  private long floor;

  private final DiskTrouble trouble = new DiskTrouble();

  // a snapshot that is being received
  private @Nullable String receivingHash;
  private byte[] received = {};
  private int receivedLength;
  private long nextFile = 1;

  SimulatedDisk(Founded founded) {
    this.founded = founded;
  }

  DiskTrouble trouble() {
    return trouble;
  }

  RecoveredLog read() {
    boolean first = fresh;
    fresh = false;
    return new RecoveredLog(founded, descriptor, List.copyOf(batches), first);
  }

  // --- the journal

  void add(LogBatch batch) {
    batches.add(batch);
    hardState = batch.hardState();
    SnapshotDescriptor snapshot = batch.snapshot();
    if (snapshot != null) {
      floor = snapshot.index();
      lastIndex = floor;
      setHash(floor, snapshot.chainHash());
    }
    if (batch.truncateFrom() > 0) {
      lastIndex = Math.min(lastIndex, batch.truncateFrom() - 1);
    }
    for (LogEntry entry : batch.entries()) {
      lastIndex = entry.index();
      setHash(lastIndex, entry.hash());
    }
  }

  private void setHash(long index, long hash) {
    if (index >= hashes.length) {
      hashes = Arrays.copyOf(hashes, (int) Math.max(index + 1, hashes.length * 2L));
    }
    hashes[(int) index] = hash;
  }

  HardState hardState() {
    return hardState;
  }

  long lastIndex() {
    return lastIndex;
  }

  long lastHash() {
    return lastIndex == 0 ? ChainHash.EMPTY : hashes[(int) lastIndex];
  }

  long snapshotIndex() {
    return Math.max(floor, descriptor == null ? 0 : descriptor.index());
  }

  /**
   * True if a crash now leaves the entry with this chain hash here, or a snapshot that covers it.
   */
  boolean holds(long index, long hash) {
    return index <= lastIndex && (index < floor || index == 0 || hashes[(int) index] == hash);
  }

  /** Keeps the descriptor; drops the batches, but the newest, on which nothing rests any more. */
  void compact(SnapshotDescriptor snapshot) {
    if (descriptor != null && descriptor.index() >= snapshot.index()) {
      return;
    }
    descriptor = snapshot;
    int dropped = 0;
    while (dropped < batches.size() - 1 && endsBy(batches.get(dropped), snapshot.index())) {
      dropped++;
    }
    batches.subList(0, dropped).clear();
    files.keySet().removeIf(file -> indexOf(file) < snapshot.index());
  }

  private static boolean endsBy(LogBatch batch, long index) {
    SnapshotDescriptor snapshot = batch.snapshot();
    int size = batch.entries().size();
    return (size == 0 || batch.entries().get(size - 1).index() <= index)
        && (snapshot == null || snapshot.index() <= index);
  }

  // --- snapshot files

  byte @Nullable [] file(String name) {
    return files.get(name);
  }

  /** A durable file with these bytes; its name says what it covers. */
  String putFile(long index, byte[] bytes) {
    String name = index + "-" + nextFile++;
    files.put(name, bytes);
    return name;
  }

  private static long indexOf(String file) {
    return Long.parseLong(file, 0, file.indexOf('-'), 10);
  }

  static String contentHash(byte[] bytes) {
    return Long.toHexString(ChainHash.xxh64(bytes, 0, bytes.length, 0));
  }

  /**
   * Appends a part if it continues what is there.
   *
   * @return how many bytes are there
   */
  long receive(SnapshotDescriptor snapshot, long offset, byte[] bytes) {
    if (!snapshot.contentHash().equals(receivingHash)) {
      receivingHash = snapshot.contentHash();
      received = new byte[(int) snapshot.length()];
      receivedLength = 0;
    }
    if (offset == receivedLength && receivedLength < received.length) {
      System.arraycopy(bytes, 0, received, receivedLength, bytes.length);
      receivedLength += bytes.length;
    }
    return receivedLength;
  }

  /** The file of a snapshot whose bytes are all there and right, or null. */
  @Nullable String receivedFile(SnapshotDescriptor snapshot) {
    if (receivedLength < snapshot.length() || !snapshot.contentHash().equals(receivingHash)) {
      return null;
    }
    if (!contentHash(received).equals(snapshot.contentHash())) {
      crash(); // what was received is thrown away
      return null;
    }
    return putFile(snapshot.index(), received);
  }

  /** How much of a snapshot that is being received is there. */
  long receivedBytes() {
    return receivedLength;
  }

  /**
   * Breaks the chain of hashes at the last entry.
   *
   * @return false if no batch holds an entry
   */
  boolean damageLastEntry() {
    for (int at = batches.size() - 1; at >= 0 && lastIndex > snapshotIndex(); at--) {
      LogBatch batch = batches.get(at);
      for (int i = 0; i < batch.entries().size(); i++) {
        LogEntry entry = batch.entries().get(i);
        if (entry.index() == lastIndex && entry.hash() == lastHash()) {
          List<LogEntry> entries = new ArrayList<>(batch.entries());
          entries.set(
              i,
              LogEntry.following(
                  ~entry.previousHash(),
                  entry.index(),
                  entry.term(),
                  entry.kind(),
                  entry.payload()));
          batches.set(
              at, new LogBatch(batch.hardState(), batch.snapshot(), batch.truncateFrom(), entries));
          return true;
        }
      }
    }
    return false;
  }

  /** What was not yet a whole file is gone. */
  void crash() {
    receivingHash = null;
    receivedLength = 0;
  }
}
