/**
 * How a group comes into being: by the durable, unanimous promise of a configured list of nodes,
 * once.
 *
 * <p>Each node tells the others its {@link io.pekkoraft.cluster.formation.Statement}: who it is,
 * whom it expects, and how far it is. Start with {@link
 * io.pekkoraft.cluster.formation.BootstrapDecider}, which holds the rules; {@link
 * io.pekkoraft.cluster.formation.FormationActor} carries them out.
 */
@NullMarked
package io.pekkoraft.cluster.formation;

import org.jspecify.annotations.NullMarked;
