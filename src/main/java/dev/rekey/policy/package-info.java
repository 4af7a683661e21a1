/**
 * The rules of credential policies: when an expiry is notified, and when a credential is rotated.
 * Nothing here reads the database or the time.
 */
@NullMarked
package dev.rekey.policy;

import org.jspecify.annotations.NullMarked;
