/** Encrypts secrets in responses for keys of their callers' teams, as JSON Web Encryption. */
@NullMarked
package dev.rekey.access.encryption;

import org.jspecify.annotations.NullMarked;
