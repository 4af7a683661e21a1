/** Authenticates callers and checks their scopes and grants. Denies everything else. */
@NullMarked
package dev.rekey.access;

import org.jspecify.annotations.NullMarked;
