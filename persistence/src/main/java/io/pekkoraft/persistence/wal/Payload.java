package io.pekkoraft.persistence.wal;

import static java.nio.charset.StandardCharsets.UTF_8;

/** An object as Pekko's serialization wrote it: serializer, manifest, bytes. */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared
record Payload(int serializerId, byte[] manifest, byte[] bytes) {

  static Payload of(int serializerId, String manifest, byte[] bytes) {
    return new Payload(serializerId, manifest.getBytes(UTF_8), bytes);
  }

  String manifestText() {
    return new String(manifest, UTF_8);
  }
}
