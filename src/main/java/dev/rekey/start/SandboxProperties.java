package dev.rekey.start;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Whether this is a sandbox.
 *
 * @param sandbox whether unsafe properties are accepted, to try Rekey out; default false
 */
@ConfigurationProperties("rekey")
record SandboxProperties(@DefaultValue("false") boolean sandbox) {

  static boolean isSandbox(Binder properties) {
    return properties.bindOrCreate("rekey", SandboxProperties.class).sandbox();
  }
}
