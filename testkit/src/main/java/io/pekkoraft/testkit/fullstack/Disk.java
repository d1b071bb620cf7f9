package io.pekkoraft.testkit.fullstack;

import io.pekkoraft.persistence.file.DirectoryInUseException;
import io.pekkoraft.persistence.file.Storage;
import io.pekkoraft.testkit.fullstack.SimulatedDirectory.Call;
import io.pekkoraft.testkit.fullstack.SimulatedDirectory.Change;
import io.pekkoraft.testkit.fullstack.SimulatedDirectory.Guard;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * A machine's disk. What a process writes is there for whoever reads, and on the disk for sure only
 * when it was flushed; {@link Machine#losePower} decides about the rest. Every call of the stores
 * can fail, or be the last before the power goes.
 */
public final class Disk {
  private final Machine machine;
  private final SplittableRandom random;
  private final Map<String, SimulatedDirectory> directories = new TreeMap<>();
  private final Map<String, Life> owners = new TreeMap<>();
  private final Map<String, BiConsumer<Machine, String>> deletions = new TreeMap<>();
  private long leastNanos;
  private long mostNanos;
  private long calls;
  private long version;
  private long powerGoesAt = Long.MAX_VALUE;
  private int flushesUntilFailure = Integer.MAX_VALUE;
  private long usableBytes = Long.MAX_VALUE;
  private boolean losesUnflushed = true;
  private long failedFlushes;
  private long refusedWrites;
  private boolean limitSeen;
  private boolean spoiled;
  private long piecesLost;
  private long piecesKept;

  Disk(Machine machine, SplittableRandom random) {
    this.machine = machine;
    this.random = random;
  }

  // --- orders

  /**
   * How long whoever uses the disk waits for it, each time: a pass of the log's writer, a snapshot
   * file. Without orders, no time at all.
   */
  public void setLatency(Duration least, Duration most) {
    leastNanos = least.toNanos();
    mostNanos = most.toNanos();
  }

  /**
   * A flush fails, after {@code more} that succeed; those behind it succeed again, but what it was
   * asked for is never written, as Linux does it.
   */
  public void failFlushAfter(int more) {
    flushesUntilFailure = more;
  }

  /** Files can grow by so much from now on, all together. */
  public void setUsable(long bytes) {
    usableBytes = bytes;
  }

  /**
   * Whether a loss of power may take what was not flushed, as the seed draws, or nothing of it, as
   * if it were written just in time.
   */
  public void setLosesUnflushed(boolean loses) {
    losesUnflushed = loses;
  }

  /** The power of the machine goes in the middle of its {@code more}-th next call. */
  public void losePowerAfter(int more) {
    powerGoesAt = calls + more;
  }

  /** All orders are undone. What was not written stays so. */
  public void heal() {
    setLatency(Duration.ZERO, Duration.ZERO);
    powerGoesAt = Long.MAX_VALUE;
    flushesUntilFailure = Integer.MAX_VALUE;
    usableBytes = Long.MAX_VALUE;
  }

  /**
   * Whether a call has failed that asked for something to be stored, or may have been left out for
   * want of space.
   */
  public boolean hasFailed() {
    return failedFlushes > 0 || hasLackedSpace();
  }

  /** Whether a write found no space, or a store looked how much there is while that was limited. */
  boolean hasLackedSpace() {
    return refusedWrites > 0 || limitSeen;
  }

  /** What is wrong with it now, in words; empty if nothing is. */
  String trouble() {
    if (usableBytes != Long.MAX_VALUE) {
      return "nearly full";
    }
    return mostNanos > 0 ? "slow" : "";
  }

  /** How many calls have changed something. */
  public long calls() {
    return calls;
  }

  /** Another number whenever what is on the disk for sure may have changed. */
  long version() {
    return version;
  }

  /** How many flushes have failed. */
  public long failedFlushes() {
    return failedFlushes;
  }

  /** How many writes found no space. */
  public long refusedWrites() {
    return refusedWrites;
  }

  /** How many sectors and directory entries were lost with the power. */
  public long piecesLost() {
    return piecesLost;
  }

  /** How many sectors and directory entries survived though nobody had flushed them. */
  public long piecesKept() {
    return piecesKept;
  }

  // --- what befalls its files while no process runs

  /** All that was written is there for sure, as some time after its process was killed. */
  void settle() {
    version++;
    directories.values().forEach(SimulatedDirectory::settle);
  }

  /**
   * Bytes of a file are others from now on.
   *
   * @param change made to a copy
   */
  void spoil(String path, String file, Consumer<byte[]> change) {
    version++;
    spoiled = true;
    Objects.requireNonNull(directories.get(path)).spoil(file, change);
  }

  /** No file is left. */
  void wipe() {
    version++;
    directories.values().forEach(SimulatedDirectory::wipe);
  }

  /** Whether {@link #spoil} was ever called. */
  boolean isSpoiled() {
    return spoiled;
  }

  // --- looking at it

  /** Told of each file of a directory that is about to be deleted. */
  void onDelete(String path, BiConsumer<Machine, String> listener) {
    deletions.put(path, listener);
  }

  /**
   * What is on the disk for sure, if the power went now.
   *
   * @param path of a directory
   * @return a copy, for reading
   */
  public Storage durable(String path) {
    SimulatedDirectory directory = directories.get(path);
    Map<String, byte[]> files = directory == null ? Map.of() : directory.durable();
    return SimulatedDirectory.of(files).opened(path, Guard.NONE);
  }

  // --- what happens

  long latencyNanos() {
    return mostNanos == 0 ? 0 : random.nextLong(leastNanos, mostNanos + 1);
  }

  Storage open(String path, Life life) throws IOException {
    Life owner = owners.get(path);
    if (owner != null && !owner.isOver()) {
      throw new DirectoryInUseException(path, "this process");
    }
    owners.put(path, life);
    SimulatedDirectory directory =
        directories.computeIfAbsent(path, absent -> SimulatedDirectory.of(Map.of()));
    return directory.opened(path, new Owner(path, life));
  }

  /** Somebody who has a directory open. */
  private final class Owner implements Guard {
    private final String path;
    private final Life life;

    Owner(String path, Life life) {
      this.path = path;
      this.life = life;
    }

    @Override
    public void call(Call call, String file, Change change) throws IOException {
      Disk.this.call(life, path, call, file, change);
    }

    @Override
    public long usableBytes() {
      limitSeen |= usableBytes != Long.MAX_VALUE;
      return usableBytes;
    }

    @Override
    public void closed() {
      owners.remove(path, life);
    }
  }

  private void call(Life life, String path, Call call, String file, Change change)
      throws IOException {
    if (life.isOver()) {
      throw new PowerLost();
    }
    calls++;
    WorldTrace trace = machine.world().trace();
    trace.mix(machine.world().nowNanos());
    // Not the file's name: Pekko puts the time of day into that of a snapshot.
    trace.mix(machine.name() + path + call);
    BiConsumer<Machine, String> listener = call == Call.DELETE ? deletions.get(path) : null;
    if (listener != null) {
      listener.accept(machine, file);
    }
    if (calls >= powerGoesAt) {
      powerGoesAt = Long.MAX_VALUE;
      boolean begun = call != Call.FLUSH && random.nextBoolean();
      if (begun) {
        change.happen();
      }
      machine.losePower();
      throw new PowerLost();
    }
    if (call == Call.FLUSH && flushesUntilFailure-- == 0) {
      failedFlushes++;
      machine.world().fault(machine.name(), "a flush fails: " + file);
      change.fail();
      throw new IOException("injected: the flush failed");
    }
    if (change.growth() > usableBytes) {
      refusedWrites++;
      throw new IOException("No space left on device");
    }
    usableBytes -= usableBytes == Long.MAX_VALUE ? 0 : change.growth();
    change.happen();
    if (call == Call.FLUSH || call == Call.SYNC_DIRECTORY) {
      version++;
    }
  }

  void losePower() {
    version++;
    powerGoesAt = Long.MAX_VALUE;
    flushesUntilFailure = Integer.MAX_VALUE;
    directories.forEach(
        (path, directory) -> {
          int[] pieces = directory.losePower(random, losesUnflushed);
          piecesLost += pieces[0];
          piecesKept += pieces[1];
        });
  }
}
