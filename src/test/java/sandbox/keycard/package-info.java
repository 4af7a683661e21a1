/** Keycard: service accounts and their credentials. */
@NullMarked
package sandbox.keycard;

import org.jspecify.annotations.NullMarked;
