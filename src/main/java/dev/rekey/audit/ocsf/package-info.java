/** Shows events in the Open Cybersecurity Schema Framework (OCSF), as SIEMs read them. */
@NullMarked
package dev.rekey.audit.ocsf;

import org.jspecify.annotations.NullMarked;
