/** The container image and the compose file: what they are made of, and that it runs. */
package dev.rekey.image;
