@NullMarked
package io.pekkoraft.bootstrap.kv;

import org.jspecify.annotations.NullMarked;
