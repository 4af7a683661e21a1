/**
 * The port to the systems that issue credentials: their operations, and every possible outcome of a
 * call.
 */
@NullMarked
package dev.rekey.upstream;

import org.jspecify.annotations.NullMarked;
