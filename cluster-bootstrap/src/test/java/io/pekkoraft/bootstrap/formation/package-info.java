@NullMarked
package io.pekkoraft.bootstrap.formation;

import org.jspecify.annotations.NullMarked;
