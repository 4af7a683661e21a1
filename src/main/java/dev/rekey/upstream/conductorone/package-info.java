/** Connector credentials of ConductorOne: rotated, read and revoked one by one, never listed. */
@NullMarked
package dev.rekey.upstream.conductorone;

import org.jspecify.annotations.NullMarked;
