/** Delivers new secrets into Secrets of Kubernetes. */
@NullMarked
package dev.rekey.delivery.kubernetes;

import org.jspecify.annotations.NullMarked;
