/**
 * Looks at logs and snapshots from the command line, while no process uses them: {@link
 * io.pekkoraft.persistence.tool.LogTool}, described in {@code docs/storage-tool.md}.
 */
@NullMarked
package io.pekkoraft.persistence.tool;

import org.jspecify.annotations.NullMarked;
