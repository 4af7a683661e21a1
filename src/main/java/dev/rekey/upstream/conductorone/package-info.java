/** The ConductorOne upstream: rotates, reads and revokes connector credentials. */
@NullMarked
package dev.rekey.upstream.conductorone;

import org.jspecify.annotations.NullMarked;
