/** The invariants of the upstreams and the database together, after any fault. */
@NullMarked
package dev.rekey.invariants;

import org.jspecify.annotations.NullMarked;
