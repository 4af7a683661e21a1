/** The base of every feature: background jobs, start checks, request ids, ids and deadlines. */
@NullMarked
package dev.rekey.platform;

import org.jspecify.annotations.NullMarked;
