/**
 * What the roles do, told as in the paper. Start with {@link io.pekkoraft.role.RoleUnderTest}: one
 * node, moved by hand.
 */
@NullMarked
package io.pekkoraft.role;

import org.jspecify.annotations.NullMarked;
