/** What has to be true of the upstreams and the database together, whatever went wrong. */
@NullMarked
package dev.rekey.invariants;

import org.jspecify.annotations.NullMarked;
