/** Verifies the access tokens of the trusted issuers, each only with its own keys and rules. */
@NullMarked
package dev.rekey.access.issuer;

import org.jspecify.annotations.NullMarked;
