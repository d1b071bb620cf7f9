package io.pekkoraft.testkit.keyvalue;

import io.pekkoraft.testkit.linearizability.KeyValueReply;
import io.pekkoraft.testkit.linearizability.KeyValueRequest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** Requests to a store of keys and values as commands, and its replies as results. */
public final class KeyValueBytes {
  private static final byte PUT = 1;
  private static final byte GET = 2;
  private static final byte DELETE = 3;
  private static final byte APPEND = 4;
  private static final byte COMPARE_AND_SET = 5;
  private static final byte DONE = 6;
  private static final byte REFUSED = 7;
  private static final byte VALUE = 8;

  private KeyValueBytes() {}

  /** True for what the simulation itself proposes, to see whether anything can be committed. */
  public static boolean isNothing(byte[] command) {
    return command.length == 0 || command[0] == 0;
  }

  public static byte[] of(KeyValueRequest request) {
    if (request instanceof KeyValueRequest.Put put) {
      return bytes(PUT, put.key(), put.value());
    }
    if (request instanceof KeyValueRequest.Append append) {
      return bytes(APPEND, append.key(), append.value());
    }
    if (request instanceof KeyValueRequest.CompareAndSet swap) {
      return bytes(COMPARE_AND_SET, swap.key(), swap.value(), swap.expected());
    }
    return bytes(request instanceof KeyValueRequest.Get ? GET : DELETE, request.key());
  }

  public static byte[] of(KeyValueReply reply) {
    if (reply instanceof KeyValueReply.Value value) {
      return bytes(VALUE, value.value());
    }
    return bytes(reply instanceof KeyValueReply.Done ? DONE : REFUSED);
  }

  private static byte[] bytes(byte type, @Nullable String... texts) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(type);
      for (String text : texts) {
        out.writeBoolean(text != null);
        if (text != null) {
          out.writeUTF(text);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  public static KeyValueRequest request(byte[] command) {
    Reader in = new Reader(command);
    return switch (in.type) {
      case PUT -> new KeyValueRequest.Put(in.text(), in.text());
      case GET -> new KeyValueRequest.Get(in.text());
      case DELETE -> new KeyValueRequest.Delete(in.text());
      case APPEND -> new KeyValueRequest.Append(in.text(), in.text());
      case COMPARE_AND_SET -> {
        String key = in.text();
        String value = in.text();
        yield new KeyValueRequest.CompareAndSet(key, in.textOrNull(), value);
      }
      default -> throw new IllegalArgumentException("no request: type " + in.type);
    };
  }

  public static KeyValueReply reply(byte[] result) {
    Reader in = new Reader(result);
    return switch (in.type) {
      case DONE -> new KeyValueReply.Done();
      case REFUSED -> new KeyValueReply.Refused();
      case VALUE -> new KeyValueReply.Value(in.textOrNull());
      default -> throw new IllegalArgumentException("no reply: type " + in.type);
    };
  }

  private static final class Reader {
    private final DataInputStream in;
    private final byte type;

    private Reader(byte[] bytes) {
      this.in = new DataInputStream(new ByteArrayInputStream(bytes));
      try {
        this.type = in.readByte();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private @Nullable String textOrNull() {
      try {
        return in.readBoolean() ? in.readUTF() : null;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private String text() {
      String text = textOrNull();
      if (text == null) {
        throw new IllegalArgumentException("a text is missing");
      }
      return text;
    }
  }
}
