/** Faults on demand, down to the socket. */
@NullMarked
package sandbox.faults;

import org.jspecify.annotations.NullMarked;
