package dev.rekey.credential;

import io.swagger.v3.oas.annotations.media.Schema;

/** How a credential came into the inventory. */
@Schema(
    enumAsRef = true,
    description =
        "How a credential came into the inventory. MINTED: Rekey made it. DISCOVERED: it was seen"
            + " at its upstream. ADOPTED: an operator named it.")
enum CredentialOrigin {
  /** Rekey made it. */
  MINTED,
  /** It was seen at its upstream. */
  DISCOVERED,
  /** An operator named it. */
  ADOPTED
}
