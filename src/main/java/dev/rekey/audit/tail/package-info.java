/** The gap-free feed of sealed events. */
@NullMarked
package dev.rekey.audit.tail;

import org.jspecify.annotations.NullMarked;
