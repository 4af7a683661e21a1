/** The Keycard upstream: creates, lists, renames and deletes service-account credentials. */
@NullMarked
package dev.rekey.upstream.keycard;

import org.jspecify.annotations.NullMarked;
