/** Who calls, and which subjects its team was granted. Whatever is not granted is denied. */
@NullMarked
package dev.rekey.access;

import org.jspecify.annotations.NullMarked;
