package dev.rekey.start;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What kind of Rekey this is.
 *
 * @param sandbox whether it is only there to be tried out, so that settings are let pass which are
 *     not safe; default false
 */
@ConfigurationProperties("rekey")
record SandboxProperties(@DefaultValue("false") boolean sandbox) {

  static boolean isSandbox(Binder settings) {
    return settings.bindOrCreate("rekey", SandboxProperties.class).sandbox();
  }
}
