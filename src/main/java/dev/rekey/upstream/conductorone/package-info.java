/**
 * The ConductorOne upstream: rotates, reads and revokes connector credentials, and cannot list
 * them.
 */
@NullMarked
package dev.rekey.upstream.conductorone;

import org.jspecify.annotations.NullMarked;
