package io.pekkoraft.codec;

import com.esotericsoftware.kryo.kryo5.Registration;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.util.DefaultClassResolver;
import io.pekkoraft.layout.MalformedBytesException;
import org.jspecify.annotations.Nullable;

/**
 * Resolves types by their numbers only. Kryo's own resolver, even with registration required, looks
 * up a class that the bytes name before it refuses it, and offers its primitives and strings.
 */
final class ClosedClassResolver extends DefaultClassResolver {
  /** Kryo takes the numbers below for primitives and strings. */
  static final int FIRST_ID = 10;

  private boolean closed;

  /** Ends registration. */
  void close() {
    closed = true;
  }

  @Override
  public Registration register(Registration registration) {
    if (closed) {
      throw new IllegalStateException("the list of types is closed");
    }
    return super.register(registration);
  }

  @Override
  public @Nullable Registration readClass(Input input) {
    Registration registration = super.readClass(input);
    if (registration != null && registration.getId() < FIRST_ID) {
      throw new MalformedBytesException("no message has the type number " + registration.getId());
    }
    return registration;
  }

  @Override
  protected Registration readName(Input input) {
    throw new MalformedBytesException("types are given by number, this one is given by name");
  }
}
