/** Compares {@code openapi.yaml} with the controllers and with real responses. */
@NullMarked
package dev.rekey.contract;

import org.jspecify.annotations.NullMarked;
