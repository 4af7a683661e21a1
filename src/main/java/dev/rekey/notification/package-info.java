/** Sends signed webhooks for the events that need attention. */
@NullMarked
package dev.rekey.notification;

import org.jspecify.annotations.NullMarked;
