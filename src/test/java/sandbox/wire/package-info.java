/** Wire types that both upstreams share: operations, calls, responses, errors. */
@NullMarked
package sandbox.wire;

import org.jspecify.annotations.NullMarked;
