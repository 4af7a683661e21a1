/** Reads settings from mounted files, reports invalid ones and reloads the ones that may change. */
@NullMarked
package dev.rekey.platform.settings;

import org.jspecify.annotations.NullMarked;
