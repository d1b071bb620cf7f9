/**
 * An application with a singleton, before and after: {@link
 * io.pekkoraft.singleton.example.WithClusterSingleton} and {@link
 * io.pekkoraft.singleton.example.WithRaftSingleton}.
 */
@NullMarked
package io.pekkoraft.singleton.example;

import org.jspecify.annotations.NullMarked;
