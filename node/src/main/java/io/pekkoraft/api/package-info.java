/**
 * What an application sees: it gives a {@link io.pekkoraft.api.StateMachine}, proposes commands,
 * and gets an {@link io.pekkoraft.api.Outcome} for each by its deadline.
 */
@NullMarked
package io.pekkoraft.api;

import org.jspecify.annotations.NullMarked;
