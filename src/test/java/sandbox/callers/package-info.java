/** The authorization server of Rekey's own callers. */
@NullMarked
package sandbox.callers;

import org.jspecify.annotations.NullMarked;
