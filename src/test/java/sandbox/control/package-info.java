/** The sandbox's own routes: look, check, misbehave, reset. */
@NullMarked
package sandbox.control;

import org.jspecify.annotations.NullMarked;
