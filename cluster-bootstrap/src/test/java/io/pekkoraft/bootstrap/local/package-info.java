@NullMarked
package io.pekkoraft.bootstrap.local;

import org.jspecify.annotations.NullMarked;
