/**
 * The bytes that members send each other. Nothing that arrives can name a class, allocate more than
 * it brings, or throw anything but one named exception.
 *
 * <p>Start with {@link io.pekkoraft.codec.EnvelopeSerializer}, then {@code WireTypes}, the closed
 * list of what can be sent. To add a message: write a serializer beside its like ({@code
 * ElectionSerializers}, {@code ReplicationSerializers}, …) and one line with a new number in {@code
 * WireTypes}; then give the tests an example of it, which fixes its bytes.
 */
@NullMarked
package io.pekkoraft.codec;

import org.jspecify.annotations.NullMarked;
