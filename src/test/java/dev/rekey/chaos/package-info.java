/** Kills and pauses Rekey processes at chosen places, and checks the records and the upstreams. */
@NullMarked
package dev.rekey.chaos;

import org.jspecify.annotations.NullMarked;
