/** Owns the inventory: the metadata of credentials. Never holds secret material. */
@NullMarked
package dev.rekey.credential;

import org.jspecify.annotations.NullMarked;
