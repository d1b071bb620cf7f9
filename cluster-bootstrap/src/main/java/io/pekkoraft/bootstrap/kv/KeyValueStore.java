package io.pekkoraft.bootstrap.kv;

import io.pekkoraft.api.StateMachine;
import io.pekkoraft.bootstrap.kv.KeyValueCommand.Delete;
import io.pekkoraft.bootstrap.kv.KeyValueCommand.Put;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * Keys and values, sorted by key so that equal states give equal snapshots. Applied by one actor;
 * {@link #view} may be read by any thread meanwhile.
 *
 * <p>A snapshot is, version 1: version (1 byte), index of the last applied command (8 bytes), count
 * (4 bytes), then for each key its length (2 bytes), UTF-8, the value's length (4 bytes) and the
 * value; integers are big-endian.
 */
public final class KeyValueStore implements StateMachine {
  private static final byte SNAPSHOT_VERSION = 1;

  private volatile View view = new View(new ConcurrentSkipListMap<>());

  /**
   * What this member has applied: perhaps behind the group, never ahead of it.
   *
   * <p>Read {@link #appliedIndex} first: what is read afterwards is at least as new.
   */
  public static final class View {
    private final ConcurrentSkipListMap<String, byte[]> map;
    private volatile long appliedIndex;

    private View(ConcurrentSkipListMap<String, byte[]> map) {
      this.map = map;
    }

    /** Index of the last applied command; entries that are no commands do not count. */
    public long appliedIndex() {
      return appliedIndex;
    }

    /** Shows changes while they happen. */
    public NavigableMap<String, byte[]> entries() {
      return Collections.unmodifiableNavigableMap(map);
    }
  }

  public View view() {
    return view;
  }

  @Override
  public byte[] apply(long index, byte[] bytes) {
    View now = view;
    KeyValueCommand command = KeyValueCommand.fromBytes(bytes);
    KeyValueResult result;
    if (command instanceof Put put) {
      result = new KeyValueResult(now.map.put(put.key(), put.value()) != null, null);
    } else if (command instanceof Delete delete) {
      result = new KeyValueResult(now.map.remove(delete.key()) != null, null);
    } else {
      byte[] value = now.map.get(command.key());
      result = new KeyValueResult(value != null, value);
    }
    now.appliedIndex = index;
    return result.toBytes();
  }

  @Override
  public void writeSnapshot(OutputStream stream) throws IOException {
    DataOutputStream out = new DataOutputStream(new BufferedOutputStream(stream, 1 << 16));
    View now = view;
    out.writeByte(SNAPSHOT_VERSION);
    out.writeLong(now.appliedIndex);
    out.writeInt(now.map.size());
    for (Map.Entry<String, byte[]> entry : now.map.entrySet()) {
      byte[] key = entry.getKey().getBytes(StandardCharsets.UTF_8);
      out.writeShort(key.length);
      out.write(key);
      out.writeInt(entry.getValue().length);
      out.write(entry.getValue());
    }
    out.flush();
  }

  @Override
  public void restore(InputStream stream) throws IOException {
    DataInputStream in = new DataInputStream(new BufferedInputStream(stream, 1 << 16));
    byte version = in.readByte();
    if (version != SNAPSHOT_VERSION) {
      throw new IOException(
          "a key-value snapshot of version " + version + "; this one reads only 1");
    }
    View restored = new View(new ConcurrentSkipListMap<>());
    restored.appliedIndex = in.readLong();
    int count = in.readInt();
    for (int i = 0; i < count; i++) {
      byte[] key = read(in, in.readUnsignedShort(), KeyValueCommand.MAX_KEY_BYTES);
      byte[] value = read(in, in.readInt(), KeyValueCommand.MAX_VALUE_BYTES);
      restored.map.put(new String(key, StandardCharsets.UTF_8), value);
    }
    if (in.read() >= 0) {
      throw new IOException("bytes follow the end of a key-value snapshot");
    }
    view = restored;
  }

  private static byte[] read(DataInputStream in, int length, int limit) throws IOException {
    if (length < 0 || length > limit) {
      throw new IOException("a key-value snapshot claims a field of " + length + " bytes");
    }
    byte[] bytes = new byte[length];
    in.readFully(bytes);
    return bytes;
  }
}
