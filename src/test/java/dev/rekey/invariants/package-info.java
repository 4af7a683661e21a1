/** Invariants of the upstreams and the database, which hold after every fault. */
@NullMarked
package dev.rekey.invariants;

import org.jspecify.annotations.NullMarked;
