@NullMarked
package io.pekkoraft.bootstrap.http;

import org.jspecify.annotations.NullMarked;
