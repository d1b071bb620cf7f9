/** What an application writes to embed a member: the README's example, compiled and run. */
@NullMarked
package io.pekkoraft.cluster.example;

import org.jspecify.annotations.NullMarked;
