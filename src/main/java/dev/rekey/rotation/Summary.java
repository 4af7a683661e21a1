package dev.rekey.rotation;

import dev.rekey.credential.CredentialCounts;
import java.time.Instant;

/** The numbers that a dashboard starts with. */
record Summary(Instant at, CredentialCounts credentials, RotationCounts rotations) {}
