/** Returns the sealed events in order, without a gap, also to requests that wait for new ones. */
@NullMarked
package dev.rekey.audit.tail;

import org.jspecify.annotations.NullMarked;
