/** Calls upstreams over HTTP: tokens, deadlines, limits, and the evidence of a failed call. */
@NullMarked
package dev.rekey.upstream.http;

import org.jspecify.annotations.NullMarked;
