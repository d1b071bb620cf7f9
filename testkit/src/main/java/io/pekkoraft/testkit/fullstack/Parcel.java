package io.pekkoraft.testkit.fullstack;

import org.jspecify.annotations.Nullable;

/** A message as it travels. */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared
record Parcel(
    String recipient, @Nullable String sender, int serializerId, String manifest, byte[] bytes) {}
