/** The documentation: its commands run as they are, and its links lead somewhere. */
package dev.rekey.documents;
