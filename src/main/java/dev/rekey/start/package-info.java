/** Checks all properties and the database before the start, and reports a fault in one line. */
@NullMarked
package dev.rekey.start;

import org.jspecify.annotations.NullMarked;
