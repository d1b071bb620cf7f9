/** What the rules decide, as the paper's sentences and tables. */
@NullMarked
package io.pekkoraft.rules;

import org.jspecify.annotations.NullMarked;
