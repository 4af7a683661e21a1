/**
 * Changes at upstreams, each in three steps: written down, sent, written down how it ended. No
 * transaction is open while anything is sent.
 */
@NullMarked
package dev.rekey.rotation;

import org.jspecify.annotations.NullMarked;
