@NullMarked
package io.pekkoraft.testkit.junit;

import org.jspecify.annotations.NullMarked;
