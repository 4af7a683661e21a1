/** Turns every failure into an RFC 9457 problem from one catalogue. */
@NullMarked
package dev.rekey.platform.problem;

import org.jspecify.annotations.NullMarked;
