/**
 * Kills and pauses Rekey processes at chosen points, and compares the upstreams with Rekey's
 * records.
 */
@NullMarked
package dev.rekey.chaos;

import org.jspecify.annotations.NullMarked;
