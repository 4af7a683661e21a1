/** Keyset paging, query parameters and SQL conditions that several searches share. */
@NullMarked
package dev.rekey.platform.query;

import org.jspecify.annotations.NullMarked;
