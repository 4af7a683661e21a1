/**
 * The upstreams' own routes, in their paths, casing and bodies, so that their official clients work
 * against Rekey. What Rekey adds travels in headers.
 */
@NullMarked
package dev.rekey.facade;

import org.jspecify.annotations.NullMarked;
