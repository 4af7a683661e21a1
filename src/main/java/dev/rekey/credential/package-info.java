/** Owns credential metadata, kept true by what upstreams tell. Never holds secret material. */
@NullMarked
package dev.rekey.credential;

import org.jspecify.annotations.NullMarked;
