package io.pekkoraft.coordination;

/** What sessions and coordinators say to each other. */
public sealed interface CoordinationMessage permits Ping, Pong {}
