package io.pekkoraft.persistence.wal;

import io.pekkoraft.persistence.file.Storage;
import io.pekkoraft.persistence.file.StorageFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a log of which parts are damaged, and finds out which events of which persistence ids are
 * lost. Nothing is cut off: ids that lost nothing are served as before, and the others once their
 * events are put back.
 *
 * <p>What is lost shows in two ways. Numbers of an id that are missing below its highest one, with
 * damage where they may have stood, are lost: before the next event that is there, or, once a
 * segment was dropped, also behind it, where rewriting may have moved them. And an id of which
 * nothing was said behind the last damage may have lost its newest events. The catalogue at the
 * start of each segment says something of every id, so only damage in the newest segment leaves
 * that open.
 *
 * <p>That as many numbers are missing as records settles nothing: a number may be missing because
 * its event was rejected and never written.
 */
final class WalSalvage {
  private static final Logger LOG = LoggerFactory.getLogger(WalSalvage.class);

  private final Storage storage;
  private final ReadBuffer buffer;
  private final WalDamagedException cause;
  private final LogFold fold = new LogFold(false);
  private final List<Place> gaps = new ArrayList<>();
  private final List<WalDamagedException> damage = new ArrayList<>();
  private final TreeSet<Long> damaged = new TreeSet<>();

  /** What was read of each segment. */
  private final TreeMap<Long, SalvageScanner> scanned = new TreeMap<>();

  /** Where segments end that have no seal, though others follow; until the next batch is read. */
  private final List<Place> unsealed = new ArrayList<>();

  /** How many gaps there were when an id was last heard of; all, when a segment was opened. */
  private final Map<String, Integer> heardOf = new HashMap<>();

  private int gapsWhenOpened;
  private LogEnd end = LogEnd.NONE;

  /** Where something is lost. */
  private record Place(long segment, int offset) {
    boolean isBefore(Location location) {
      return segment < location.segment()
          || (segment == location.segment() && offset <= location.offset());
    }
  }

  /**
   * @param cause why the log cannot be read as it should
   */
  WalSalvage(Storage storage, ReadBuffer buffer, WalDamagedException cause) {
    this.storage = storage;
    this.buffer = buffer;
    this.cause = cause;
  }

  /**
   * Reads what can be read.
   *
   * @throws WalDamagedException if even whose log it is cannot be said, or nothing of it is left
   */
  RecoveredWal run() throws IOException {
    List<String> files = storage.list();
    if (!files.contains(SegmentFormat.STORE_FILE)) {
      throw cause;
    }
    UUID store = WalRecovery.readStore(storage);
    scanAll(files, store);
    long tail = scanned.lastKey();
    SalvageScanner last = Objects.requireNonNull(scanned.get(tail));
    if (last.isSealed() || last.isFull()) {
      gaps.add(new Place(tail + 1, 0));
      damage.add(
          new WalDamagedException(
              SegmentFormat.fileName(tail), last.end(), "what followed is missing"));
    }
    int met = gaps.size();
    Set<Long> missing = new TreeSet<>(fold.expectedSegments());
    missing.removeAll(scanned.keySet());
    missing.forEach(
        segment -> {
          WalDamagedException lost =
              new WalDamagedException(
                  SegmentFormat.fileName(segment), 0, "the segment is missing, it was in use");
          damage.add(lost);
          gaps.add(0, new Place(segment, 0));
        });
    findLost(met);
    boolean fresh = damaged.contains(tail) || last.isSealed() || last.isFull();
    cleanUp(files, tail, last);
    return new RecoveredWal(
        store,
        fold.index(),
        end,
        fresh ? tail + 1 : tail,
        fresh ? SegmentFormat.HEADER_BYTES : last.end(),
        !fresh && fold.isMarked(),
        damaged,
        missing,
        fresh);
  }

  private void scanAll(List<String> files, UUID store) throws IOException {
    List<Long> segments =
        files.stream().filter(SegmentFormat::isSegment).map(SegmentFormat::number).toList();
    long lastUsed = 0;
    for (long segment : segments) {
      if (hasBatch(segment, store)) {
        lastUsed = segment;
      }
    }
    if (lastUsed == 0) {
      throw cause;
    }
    for (long segment : segments) {
      if (segment <= lastUsed) {
        SalvageScanner scanner = scan(segment, store, segment == lastUsed);
        scanned.put(segment, scanner);
        if (segment < lastUsed && !scanner.isSealed()) {
          unsealed.add(new Place(segment, scanner.end()));
        }
      }
    }
    missUnsealedEnds();
  }

  /** Of segments that were in use, nobody knows how much more of them there was. */
  private void missUnsealedEnds() {
    for (Place place : unsealed) {
      gaps.add(place);
      damaged.add(place.segment());
      damage.add(
          new WalDamagedException(
              SegmentFormat.fileName(place.segment()),
              place.offset(),
              "the segment ends without a seal, but others follow"));
    }
    unsealed.clear();
  }

  private boolean hasBatch(long segment, UUID store) throws IOException {
    try (StorageFile file = storage.openForReading(SegmentFormat.fileName(segment))) {
      SegmentScanner scanner =
          new SegmentScanner(file, segment, store.getMostSignificantBits(), buffer);
      return scanner.hasBatch();
    }
  }

  private SalvageScanner scan(long segment, UUID store, boolean last) throws IOException {
    String name = SegmentFormat.fileName(segment);
    try (StorageFile file = storage.openForReading(name)) {
      requireOwn(file, segment, store);
      fold.index().addSegment(segment);
      SalvageScanner scanner =
          new SalvageScanner(
              file, segment, store.getMostSignificantBits(), buffer, new Folding(segment, name));
      scanner.scan(last);
      if (!scanner.damage().isEmpty()) {
        damaged.add(segment);
        damage.addAll(scanner.damage());
      }
      return scanner;
    }
  }

  /** A segment of another store is refused; one whose header is damaged is read by its batches. */
  private void requireOwn(StorageFile file, long segment, UUID store) throws IOException {
    byte[] header = new byte[SegmentFormat.HEADER_BYTES];
    UUID owner;
    try {
      if (file.read(0, header, 0, header.length) < header.length) {
        throw new WalDamagedException(
            SegmentFormat.fileName(segment), 0, "the segment header is cut off");
      }
      owner = SegmentFormat.checkHeader(header, segment, file.size());
    } catch (WalDamagedException headerDamaged) {
      damaged.add(segment);
      damage.add(headerDamaged);
      return;
    }
    if (!owner.equals(store)) {
      throw new WalDamagedException(
          SegmentFormat.fileName(segment), 16, "the segment belongs to another store");
    }
  }

  /** Folds what a scanner finds, and keeps account of what is between. */
  private final class Folding implements SalvageScanner.Visitor {
    private final long segment;
    private final String name;

    Folding(long segment, String name) {
      this.segment = segment;
      this.name = name;
    }

    @Override
    public void batch(BatchHeader header, int hash, boolean whole) {
      boolean known = end.segment() == segment || end.segment() == segment - 1;
      if (known && !end.equals(LogEnd.NONE) && !header.previous().equals(end)) {
        if (header.previous().batchNumber() <= end.batchNumber()) {
          // Of two lives of the log, and nothing tells which of the batches are of this one.
          throw cause;
        }
        gaps.add(new Place(end.segment(), end.offset()));
        damaged.add(end.segment());
      }
      if (header.previous().equals(end)) {
        unsealed.clear();
      }
      missUnsealedEnds();
      fold.begin(header, whole);
      if (header.kind() == BatchHeader.OPENING) {
        gapsWhenOpened = gaps.size();
      }
      end =
          new LogEnd(
              segment,
              header.offset() + header.length(),
              hash,
              header.previous().batchNumber() + 1);
    }

    @Override
    public void record(byte[] bytes, int at, int offset) {
      fold.applyRecord(bytes, at, segment, offset, name);
      int type = RecordFormat.type(bytes, at);
      boolean tellsHighest =
          type == RecordFormat.EVENT
              || type == RecordFormat.CATALOGUE
              || type == RecordFormat.NOTHING_LOST_ABOVE;
      if (tellsHighest) {
        heardOf.put(RecordFormat.persistenceId(bytes, at), gaps.size());
      }
    }

    @Override
    public void gap(int offset) {
      gaps.add(new Place(segment, offset));
    }
  }

  /**
   * @param met how many gaps were met while reading, in their order; a segment that is missing is
   *     no gap behind the newest opening, which names it
   */
  private void findLost(int met) {
    boolean atEnd = met > gapsWhenOpened;
    WalIndex index = fold.index();
    List<Runnable> found = new ArrayList<>();
    index.forEachEvent((id, events) -> findHoles(id, events, found));
    index.forEachId(
        (id, highest, deletedTo) -> {
          if (atEnd && heardOf.getOrDefault(id, gapsWhenOpened) < met) {
            found.add(() -> index.lose(id, highest + 1, LostRanges.UNKNOWN));
          }
        });
    if (atEnd) {
      found.add(() -> index.lose("", 1, LostRanges.UNKNOWN));
    }
    found.forEach(Runnable::run);
  }

  private void findHoles(String id, EventLocations events, List<Runnable> found) {
    long next = events.deletedTo() + 1;
    for (int i = 0; i < events.size(); i++) {
      Location location = events.at(i);
      if (location.sequenceNr() > next && mayBeLostBefore(location)) {
        long from = next;
        found.add(() -> fold.index().lose(id, from, location.sequenceNr() - 1));
      }
      next = location.sequenceNr() + 1;
    }
    if (events.highest() >= next && !gaps.isEmpty()) {
      long from = next;
      found.add(() -> fold.index().lose(id, from, events.highest()));
    }
  }

  /**
   * Whether damage may have hit an event that was written before the one that stands here. If the
   * segment that it was written to is not there any more, it was moved, to anywhere behind.
   */
  private boolean mayBeLostBefore(Location location) {
    boolean mayHaveMoved = scanned.headMap(location.segment()).size() < location.segment() - 1;
    return gaps.stream().anyMatch(gap -> mayHaveMoved || gap.isBefore(location));
  }

  private void cleanUp(List<String> files, long tail, SalvageScanner last) throws IOException {
    // Also if the log goes on in the next segment: now it is known that the batch was the last one.
    boolean cutOff = last.endsTorn() || !damaged.contains(tail);
    if (cutOff && last.dirtyEnd() > last.end()) {
      WalRecovery.wipe(storage, tail, last.end(), last.dirtyEnd());
    }
    for (String name : files) {
      boolean prepared = SegmentFormat.isSegment(name) && SegmentFormat.number(name) > tail;
      if (prepared || SegmentFormat.isTemporary(name)) {
        storage.delete(name);
      }
    }
    storage.syncDirectory();
  }

  /** All the damage that was met, at least one, in the order in which the log was read. */
  List<WalDamagedException> damage() {
    return damage.isEmpty() ? List.of(cause) : damage;
  }

  /** Logs what was found, once it was read. */
  void report(Set<Long> missing) {
    LOG.error(
        "Write-ahead log [{}] is damaged: {}. Lost: {}. All else is served; what lives in damaged"
            + " files is moved, and they are kept under names that end in .damaged.",
        storage.describe(),
        damage().stream().map(Throwable::getMessage).toList(),
        fold.index().lost());
    LOG.debug("missing segments: {}", missing);
  }
}
