/** What every feature stands on: problems, request ids, settings in files, paging, ids and time. */
@NullMarked
package dev.rekey.platform;

import org.jspecify.annotations.NullMarked;
