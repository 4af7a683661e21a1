/** What both upstreams share on the wire: operations, calls, answers, errors. */
@NullMarked
package sandbox.wire;

import org.jspecify.annotations.NullMarked;
