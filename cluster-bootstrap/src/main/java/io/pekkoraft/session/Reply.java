package io.pekkoraft.session;

import io.pekkoraft.coordination.Pong;

/**
 * A coordinator's answer.
 *
 * @param from address of its actor system: where the next ping goes
 */
record Reply(String from, Pong pong) {}
