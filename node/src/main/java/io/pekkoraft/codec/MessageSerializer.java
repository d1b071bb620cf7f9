package io.pekkoraft.codec;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.Serializer;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;

/**
 * Writes and reads the fields of one type. Neither method may keep state, and {@link #read} may
 * throw any {@link RuntimeException} on bytes that it does not like.
 */
abstract class MessageSerializer<T> extends Serializer<T> {

  MessageSerializer() {
    super(false, true);
  }

  abstract void write(Output output, T message);

  abstract T read(Input input);

  @Override
  public final void write(Kryo kryo, Output output, T message) {
    write(output, message);
  }

  @Override
  public final T read(Kryo kryo, Input input, Class<? extends T> type) {
    return read(input);
  }
}
