@NullMarked
package io.pekkoraft.cluster.formation;

import org.jspecify.annotations.NullMarked;
