/** Calls upstreams over HTTP: tokens, deadlines, limits, and what a failed call proves. */
@NullMarked
package dev.rekey.upstream.http;

import org.jspecify.annotations.NullMarked;
