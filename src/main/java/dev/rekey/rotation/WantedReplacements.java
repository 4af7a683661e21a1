package dev.rekey.rotation;

import dev.rekey.credential.Replacements;
import dev.rekey.upstream.Subject;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Tells the inventory of the rotations that a credential was to go by. */
@Component
class WantedReplacements implements Replacements {

  private final JdbcClient jdbc;

  WantedReplacements(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public Set<UUID> rotationsReplacing(Subject subject, UUID credential) {
    return Set.copyOf(
        jdbc.sql("select id from rotation where subject = :subject and replaces = :credential")
            .param("subject", subject.name())
            .param("credential", credential)
            .query((row, _) -> row.getObject("id", UUID.class))
            .list());
  }
}
