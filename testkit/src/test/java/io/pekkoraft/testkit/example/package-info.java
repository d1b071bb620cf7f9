/** The worked examples of docs/testkit.md, which shows this very text. */
@NullMarked
package io.pekkoraft.testkit.example;

import org.jspecify.annotations.NullMarked;
