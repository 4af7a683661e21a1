/**
 * Changes credentials at upstreams, each in three steps: commit the request, send it, commit the
 * outcome. No transaction is open while a request is sent.
 */
@NullMarked
package dev.rekey.rotation;

import org.jspecify.annotations.NullMarked;
