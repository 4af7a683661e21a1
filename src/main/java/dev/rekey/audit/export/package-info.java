/** Streams the history as NDJSON, CSV or OCSF. */
@NullMarked
package dev.rekey.audit.export;

import org.jspecify.annotations.NullMarked;
