/** Service-account credentials of Keycard: created beside each other, listed, renamed, deleted. */
@NullMarked
package dev.rekey.upstream.keycard;

import org.jspecify.annotations.NullMarked;
