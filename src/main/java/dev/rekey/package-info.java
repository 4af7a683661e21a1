/** Rekey: rotates credentials at their upstreams, and keeps their metadata and history. */
@NullMarked
package dev.rekey;

import org.jspecify.annotations.NullMarked;
