/**
 * Proves offline that the history is as it was sealed, or names the first event that is not. Starts
 * without Spring, reads a database or an export, and changes nothing. What each outcome means is in
 * {@code docs/audit-chain.md}.
 */
@NullMarked
package dev.rekey.verify;

import org.jspecify.annotations.NullMarked;
