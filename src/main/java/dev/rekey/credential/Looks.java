package dev.rekey.credential;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toSet;

import dev.rekey.platform.SqlTime;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.UpstreamName;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Knows when the refresher last looked at a subject, also where it had nothing to note. */
@Component
class Looks {

  private final JdbcClient jdbc;

  Looks(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** When each of their subjects was last looked at; those that never were are not in there. */
  Map<Subject, Instant> at(Collection<Credential> credentials) {
    Map<UpstreamName, Set<String>> names =
        credentials.stream()
            .map(Credential::subject)
            .collect(groupingBy(Subject::upstream, mapping(Subject::name, toSet())));
    var looks = new HashMap<Subject, Instant>();
    names.forEach((upstream, some) -> addAll(looks, upstream, some));
    return looks;
  }

  private void addAll(Map<Subject, Instant> looks, UpstreamName upstream, Set<String> names) {
    jdbc.sql(
            """
            select w.name, case when f.name is null then s.looked_at else f.looked_at end
            from watched w
            left join refresh_failure f on f.upstream = w.upstream and f.name = w.name
            left join lateral (
              select looked_at from refresh_stretch
              where upstream = w.upstream and to_name >= w.name
              order by pass desc, to_name limit 1) s on true
            where w.upstream = :upstream and w.name = any(:names)
            """)
        .param("upstream", upstream.value())
        .param("names", names.toArray(String[]::new))
        .query(
            row -> {
              Instant at = SqlTime.instant(row.getObject(2, OffsetDateTime.class));
              if (at != null) {
                looks.put(new Subject(upstream, row.getString(1)), at);
              }
            });
  }
}
