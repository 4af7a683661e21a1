/**
 * Looks at what Rekey is told before it begins, and says in one line what keeps it from beginning.
 */
@NullMarked
package dev.rekey.start;

import org.jspecify.annotations.NullMarked;
