/** Tells receivers outside, by webhooks, of the events that somebody should act on. */
@NullMarked
package dev.rekey.notification;

import org.jspecify.annotations.NullMarked;
