/** Tests of the container image and the compose file. */
package dev.rekey.image;
