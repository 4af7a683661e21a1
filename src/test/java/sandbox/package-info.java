/** A real HTTP server that simulates both upstreams and issues tokens to Rekey's callers. */
@NullMarked
package sandbox;

import org.jspecify.annotations.NullMarked;
