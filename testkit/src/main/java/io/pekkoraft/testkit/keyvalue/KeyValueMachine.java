package io.pekkoraft.testkit.keyvalue;

import io.pekkoraft.api.StateMachine;
import io.pekkoraft.testkit.linearizability.KeyValueReply;
import io.pekkoraft.testkit.linearizability.KeyValueRequest;
import io.pekkoraft.testkit.linearizability.KeyValueRequest.Append;
import io.pekkoraft.testkit.linearizability.KeyValueRequest.CompareAndSet;
import io.pekkoraft.testkit.linearizability.KeyValueRequest.Put;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A replicated store of keys and values. Written apart from the specification that it is held
 * against, on purpose.
 */
public class KeyValueMachine implements StateMachine {
  private final TreeMap<String, String> values = new TreeMap<>();
  private long appliedIndex;
  private long hash;

  @Override
  public byte[] apply(long index, byte[] command) {
    appliedIndex = index;
    if (KeyValueBytes.isNothing(command)) {
      return new byte[0];
    }
    KeyValueReply reply = apply(KeyValueBytes.request(command));
    return KeyValueBytes.of(reply);
  }

  /** Carries a request out. */
  protected KeyValueReply apply(KeyValueRequest request) {
    String key = request.key();
    if (request instanceof Put put) {
      set(key, put.value());
    } else if (request instanceof Append append) {
      String before = values.get(key);
      set(key, before == null ? append.value() : before + append.value());
    } else if (request instanceof CompareAndSet swap) {
      if (!Objects.equals(values.get(key), swap.expected())) {
        return new KeyValueReply.Refused();
      }
      set(key, swap.value());
    } else if (request instanceof KeyValueRequest.Delete) {
      set(key, null);
    } else {
      return new KeyValueReply.Value(values.get(key));
    }
    return new KeyValueReply.Done();
  }

  private void set(String key, @Nullable String value) {
    String before = value == null ? values.remove(key) : values.put(key, value);
    hash += hashOf(key, value) - hashOf(key, before);
  }

  /** Added up over all keys, so that a change costs the same however many there are. */
  private static long hashOf(String key, @Nullable String value) {
    return value == null ? 0 : (key.hashCode() * 31L + value.hashCode()) * 0x9E3779B97F4A7C15L;
  }

  /** Index of the last command that {@link #value} is as new as. */
  public long appliedIndex() {
    return appliedIndex;
  }

  /** What this member alone has applied: may be behind the group. */
  public @Nullable String value(String key) {
    return values.get(key);
  }

  /** Equal for equal states after as many commands. */
  public long stateHash() {
    return hash * 31 + appliedIndex;
  }

  @Override
  public void writeSnapshot(OutputStream stream) throws IOException {
    DataOutputStream out = new DataOutputStream(stream);
    out.writeLong(appliedIndex);
    out.writeInt(values.size());
    for (Map.Entry<String, String> entry : values.entrySet()) {
      out.writeUTF(entry.getKey());
      out.writeUTF(entry.getValue());
    }
  }

  @Override
  public void restore(InputStream stream) throws IOException {
    DataInputStream in = new DataInputStream(stream);
    values.clear();
    hash = 0;
    appliedIndex = in.readLong();
    for (int left = in.readInt(); left > 0; left--) {
      set(in.readUTF(), in.readUTF());
    }
  }
}
