/** Delivers new secrets to the places where they are used. Each kind of place is a package. */
@NullMarked
package dev.rekey.delivery;

import org.jspecify.annotations.NullMarked;
