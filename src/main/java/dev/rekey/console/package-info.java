/**
 * The pages that people look at, under {@code /console}. Each page and each action calls the API's
 * own controller, so it shows and does the same as the API, and nothing else.
 */
@NullMarked
package dev.rekey.console;

import org.jspecify.annotations.NullMarked;
