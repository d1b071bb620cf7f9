/** How long there is no instance after its node died or was told to stop. */
@NullMarked
package io.pekkoraft.failover.compare;

import org.jspecify.annotations.NullMarked;
