package dev.rekey.credential;

import io.swagger.v3.oas.annotations.media.Schema;

/** Where a credential stands in its life. */
@Schema(
    enumAsRef = true,
    description =
        "Where a credential stands in its life. ACTIVE: it works, as far as is known. RETIRING: it"
            + " works until its deadline. RETIRED: it was ended. EXPIRED: its time ran out."
            + " MISSING: its upstream does not know it any more, and it was not ended through"
            + " Rekey.")
enum CredentialStatus {
  /** It works, as far as is known. */
  ACTIVE,
  /** It works until its deadline. */
  RETIRING,
  /** It was ended. */
  RETIRED,
  /** Its time ran out. */
  EXPIRED,
  /** Its upstream does not know it any more, and it was not ended through Rekey. */
  MISSING
}
