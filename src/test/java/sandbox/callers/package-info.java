/** The authorization server for Rekey's callers. */
@NullMarked
package sandbox.callers;

import org.jspecify.annotations.NullMarked;
