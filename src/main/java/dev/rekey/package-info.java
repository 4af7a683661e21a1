/** Rekey: rotates credentials at their upstreams, keeps their metadata and their history. */
@NullMarked
package dev.rekey;

import org.jspecify.annotations.NullMarked;
