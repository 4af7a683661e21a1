/** Rotates the credentials that are due by their policies, and lets admins pause that. */
@NullMarked
package dev.rekey.automation;

import org.jspecify.annotations.NullMarked;
