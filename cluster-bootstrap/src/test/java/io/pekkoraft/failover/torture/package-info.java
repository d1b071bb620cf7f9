/**
 * Freezes processes and cuts networks around a single instance, and checks that there was never a
 * second one. Start at {@link TortureSingleton}; the rules are in {@link HandlerRules}.
 */
@NullMarked
package io.pekkoraft.failover.torture;

import org.jspecify.annotations.NullMarked;
