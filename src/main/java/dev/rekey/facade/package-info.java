/**
 * The upstreams' own routes, with their paths, casing and bodies, so that their official clients
 * work with Rekey. Rekey's additions are in headers.
 */
@NullMarked
package dev.rekey.facade;

import org.jspecify.annotations.NullMarked;
