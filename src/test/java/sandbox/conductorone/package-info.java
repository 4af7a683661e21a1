/** ConductorOne: connectors and their credentials. */
@NullMarked
package sandbox.conductorone;

import org.jspecify.annotations.NullMarked;
