/**
 * The write-ahead log as a Pekko Persistence journal: one log and one flush for all persistent
 * actors of a process. {@link io.pekkoraft.persistence.wal.WalJournal} is the plug-in and the place
 * to start; {@code WalStore} is the log without Pekko, {@code WalWriter} its write path, {@code
 * WalRecovery} what happens when it is opened. Every byte on disk is specified in {@code
 * docs/format.md}.
 */
@NullMarked
package io.pekkoraft.persistence.wal;

import org.jspecify.annotations.NullMarked;
