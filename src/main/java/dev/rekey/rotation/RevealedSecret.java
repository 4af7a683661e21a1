package dev.rekey.rotation;

import dev.rekey.upstream.Secret;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ser.std.StdSerializer;

/** Writes a secret into a response. No other class reveals the secret of a credential. */
public final class RevealedSecret extends StdSerializer<Secret> {

  RevealedSecret() {
    super(Secret.class);
  }

  @Override
  public void serialize(Secret secret, JsonGenerator json, SerializationContext context) {
    json.writeString(secret.reveal());
  }
}
