/**
 * The offline verifier: checks that no event of the history was changed after sealing, or names the
 * first one. Starts without Spring, reads a database or an export, and changes nothing. {@code
 * docs/audit-chain.md} explains the outcomes.
 */
@NullMarked
package dev.rekey.verify;

import org.jspecify.annotations.NullMarked;
