package dev.rekey.load;

import static dev.rekey.run.Json.json;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A target of rotations. Each has at most one open rotation. */
public record Target(String subject, String path, String body) {

  /** The sandbox's seed for {@link #some}. */
  public static String seed(int ofEach) {
    return json("connectors", ofEach, "serviceAccounts", ofEach, "credentialsEach", 1);
  }

  /** This number of connectors, and the same number of service accounts with one name each. */
  public static List<Target> some(int ofEach) {
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
        json("appId", "crm", "connectorId", id));
  }

  private static Target account(String id) {
    String subject = "organizations/acme/service-accounts/" + id;
    return new Target(subject, "/" + subject + "/credentials", json("name", "load"));
  }
}
