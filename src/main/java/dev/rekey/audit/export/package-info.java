/** Streams the history as NDJSON or CSV. */
@NullMarked
package dev.rekey.audit.export;

import org.jspecify.annotations.NullMarked;
