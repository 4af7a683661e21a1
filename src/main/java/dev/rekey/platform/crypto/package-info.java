/** SHA-256 and Ed25519 of the JDK, without their checked exceptions. */
@NullMarked
package dev.rekey.platform.crypto;

import org.jspecify.annotations.NullMarked;
