/** Kills and pauses Rekey processes at chosen places, and compares what the upstreams then hold. */
@NullMarked
package dev.rekey.chaos;

import org.jspecify.annotations.NullMarked;
