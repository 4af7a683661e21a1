package dev.rekey.load;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A rotation target. Only one rotation per target is in flight at a time. */
record Target(String subject, String path, String body) {

  /** The sandbox's seeding for {@link #some}. */
  static String seed(int ofEach) {
    return "{\"connectors\":%1$d,\"serviceAccounts\":%1$d,\"credentialsEach\":1}".formatted(ofEach);
  }

  /** So many connectors, and as many service accounts with one credential name each. */
  static List<Target> some(int ofEach) {
    return IntStream.rangeClosed(1, ofEach)
        .boxed()
        .flatMap(
            i ->
                Stream.of(
                    connector("connector-%04d".formatted(i)), account("sa-%04d".formatted(i))))
        .toList();
  }

  private static Target connector(String id) {
    return new Target(
        "apps/crm/connectors/" + id,
        "/api/v1/apps/connectors/credentials",
        "{\"appId\":\"crm\",\"connectorId\":\"" + id + "\"}");
  }

  private static Target account(String id) {
    String subject = "organizations/acme/service-accounts/" + id;
    return new Target(subject, "/" + subject + "/credentials", "{\"name\":\"load\"}");
  }
}
