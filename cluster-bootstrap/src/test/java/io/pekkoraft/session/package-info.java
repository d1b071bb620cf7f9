/** Sessions and coordinators: their bytes, and three real actor systems over Artery. */
@NullMarked
package io.pekkoraft.session;

import org.jspecify.annotations.NullMarked;
