/**
 * The few things that the stores ask of a file system, behind a port. Start at {@link
 * io.pekkoraft.persistence.file.Storage}; {@link io.pekkoraft.persistence.file.DirectoryStorage} is
 * the real one, tests and simulations bring others through {@link
 * io.pekkoraft.persistence.file.StorageProvider}.
 */
@NullMarked
package io.pekkoraft.persistence.file;

import org.jspecify.annotations.NullMarked;
