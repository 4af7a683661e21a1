package dev.rekey.console.login;

import com.nimbusds.jose.EncryptionMethod;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWEAlgorithm;
import com.nimbusds.jose.JWEHeader;
import com.nimbusds.jose.JWEObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.DirectDecrypter;
import com.nimbusds.jose.crypto.DirectEncrypter;
import dev.rekey.platform.crypto.DerivedKeys;
import java.text.ParseException;
import java.util.Optional;
import javax.crypto.SecretKey;

/** Encrypts texts that only Rekey may read, as JWE (RFC 7516, dir with A256GCM). */
final class EncryptedText {

  private static final JWEHeader HEADER = new JWEHeader(JWEAlgorithm.DIR, EncryptionMethod.A256GCM);

  private final DerivedKeys keys;
  private final String purpose;

  /**
   * @param purpose a text of one purpose cannot be read as one of another
   */
  EncryptedText(DerivedKeys keys, String purpose) {
    this.keys = keys;
    this.purpose = purpose;
  }

  String encrypt(String text) {
    var object = new JWEObject(HEADER, new Payload(text));
    try {
      object.encrypt(new DirectEncrypter(key()));
    } catch (JOSEException e) {
      throw new IllegalStateException("every JDK has AES-GCM", e);
    }
    return object.serialize();
  }

  /** Empty if Rekey did not encrypt it, or with an earlier key. */
  Optional<String> decrypt(String text) {
    try {
      JWEObject object = JWEObject.parse(text);
      object.decrypt(new DirectDecrypter(key()));
      return Optional.of(object.getPayload().toString());
    } catch (ParseException | JOSEException | IllegalStateException _) {
      return Optional.empty();
    }
  }

  private SecretKey key() {
    return keys.get("AES", purpose);
  }
}
